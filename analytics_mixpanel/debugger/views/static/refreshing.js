// Views that the server lays out: what changed is fetched again and put in its place.

import { onChange } from "./live.js";

const parts = () => [...document.querySelectorAll("[data-refresh]")];
let typing = 0;

async function renew() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const names = (page) => [...page.querySelectorAll("[data-refresh]")].map((part) => part.dataset.refresh).join();
  if (names(fresh) !== names(document)) { if (!isBusy()) location.reload(); return; }
  for (const part of parts()) {
    const other = fresh.querySelector(`[data-refresh="${part.dataset.refresh}"]`);
    if (other.innerText === part.innerText || other.outerHTML === part.outerHTML || part.contains(document.activeElement)) continue;
    const open = [...part.querySelectorAll("details")].map((each) => each.open);
    part.replaceWith(document.adoptNode(other));
    other.querySelectorAll("details").forEach((each, index) => { each.open = open[index] ?? each.open; });
  }
}

const isBusy = () => document.activeElement?.matches("input, textarea, select") ?? false;

onChange(renew, 1000);

for (const form of document.querySelectorAll("form[data-searching]")) {
  form.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      history.replaceState(null, "", `?${new URLSearchParams(new FormData(form))}`);
      renew();
    }, 250);
  });
}
