// Requests to the debugger itself.

const pageToken = document.querySelector("meta[name=debugger-token]").content;

/** Give what an address answers: JSON as a value, HTML as nodes; throws with the server's words. */
export async function ask(address, options = {}) {
  const answer = await fetch(address, { credentials: "same-origin", ...options });
  const text = await answer.text();
  if (!answer.ok) throw new Error(reason(text) || `HTTP ${answer.status}`);
  const kind = answer.headers.get("content-type") || "";
  return kind.startsWith("text/html") ? nodes(text) : JSON.parse(text);
}

/** Send JSON, as a change that only this page can make. */
export function tell(address, content, options = {}) {
  const headers = { "Content-Type": "application/json", "X-Debugger-Token": pageToken };
  return ask(address, { method: "POST", headers, body: JSON.stringify(content), ...options });
}

function reason(text) {
  try { return JSON.parse(text).error; } catch { return text.slice(0, 300).trim(); }
}

// The server has escaped every value in it; a document made like this runs no script in any case.
function nodes(text) {
  return [...new DOMParser().parseFromString(text, "text/html").body.childNodes].map((node) => document.adoptNode(node));
}
