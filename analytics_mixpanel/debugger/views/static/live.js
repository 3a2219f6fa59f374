// Tells the views that something changed: one connection, with at most one call to each view at a time.

// How many times longer than its work a view rests: what is asked of a busy debugger stays a small part.
const RESTS = 6;
const listeners = new Set();
const badge = document.getElementById("connection");
let source = null;
let paused = false;

export const isPaused = () => paused;

/** Have `listener({reload})` called after a change; the next call waits until its promise is settled, and `pause` ms more. */
export function onChange(listener, pause = 250) {
  listeners.add({ listener, pause, due: false, reload: false, busy: false });
  connect();
}

export function setPaused(value) {
  paused = value;
  show(source && source.readyState === EventSource.OPEN ? "live" : "lost");
  if (!paused) tell(false);
}

function connect() {
  if (source) return;
  source = new EventSource(`/debugger/live?seen=${document.querySelector("[name=debugger-state]").content}`);
  source.addEventListener("open", () => show("live"));
  source.addEventListener("message", (message) => { showForwarding(message.data); tell(false); });
  source.addEventListener("reload", () => tell(true));
  source.addEventListener("error", () => show("lost"));
  // An open connection would keep the page from the browser's back-forward cache.
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) { source = null; connect(); tell(true); } });
}

function showForwarding(data) {
  const strip = document.getElementById("forwarding");
  if (strip) strip.textContent = JSON.parse(data).forwarding?.words ?? strip.textContent;
}

function show(state) {
  const words = { live: paused ? "paused" : "live", lost: "reconnecting" };
  badge.dataset.state = state === "live" && paused ? "paused" : state;
  badge.textContent = words[state];
}

function tell(reload) {
  for (const each of listeners) {
    each.due = true;
    each.reload ||= reload;
    run(each);
  }
}

async function run(each) {
  if (each.busy) return;
  each.busy = true;
  while (each.due) {
    const reload = each.reload;
    const began = performance.now();
    each.due = each.reload = false;
    try { await each.listener({ reload }); } catch (error) { console.info("not brought up to date", error); }
    const took = performance.now() - began;
    await new Promise((done) => setTimeout(done, Math.max(each.pause, took * RESTS)));
  }
  each.busy = false;
}
