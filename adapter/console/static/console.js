"use strict";
// Renews the living part of a page every two seconds, while somebody can see it. Every page is whole without this.
(() => {
  const live = document.querySelector("[data-live]");
  const said = document.getElementById("said");
  for (const each of document.querySelectorAll(".noscript")) each.hidden = true;
  if (!live) return;
  const pause = document.getElementById("pause"), renewal = document.getElementById("renewal");
  const made = document.getElementById("made"), moved = document.getElementById("moved");
  const EVERY = 2000, LONGEST = 30000;
  let timer = 0, wait = EVERY, paused = false, announced = state(live)?.dataset.announce;

  function state(root) { return root.querySelector("[data-announce]"); }

  function say(text) { if (renewal.textContent !== text) renewal.textContent = text; }

  // What is open and where the reader is stays so, although what stands around it is new.
  function replace(before, after) {
    if (before.isEqualNode(after)) return;
    const open = [...before.querySelectorAll("details[open][id]")].map((each) => each.id);
    const focused = before.contains(document.activeElement) ? place(before, document.activeElement) : -1;
    for (const id of open) after.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    if (before.isEqualNode(after)) return;
    before.replaceWith(after);
    if (focused >= 0) reached(after)[focused]?.focus({ preventScroll: true });
  }

  function reached(root) { return [...root.querySelectorAll("a[href], button, summary, [tabindex]")]; }

  function place(root, element) { return reached(root).indexOf(element); }

  function show(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const now = state(page);
    if (!now) return false;
    for (const after of page.querySelectorAll("[data-region]")) {
      const before = live.querySelector(`[data-region="${CSS.escape(after.dataset.region)}"]`);
      if (before) replace(before, document.adoptNode(after));
    }
    if (made) made.textContent = now.dataset.made;
    if (now.dataset.announce !== announced) said.textContent = announced = now.dataset.announce;
    if (moved && now.dataset.nowEpoch !== live.dataset.epoch) moved.hidden = false;
    return true;
  }

  async function renew() {
    try {
      const answer = await fetch(live.dataset.live, { cache: "no-store", signal: AbortSignal.timeout(10000) });
      if (answer.status === 401) return location.reload();
      const shown = (answer.ok || answer.status === 503) && show(await answer.text());
      wait = shown ? EVERY : Math.min(LONGEST, 2 * wait);
      say(shown ? "renewed every 2 seconds" : "not renewed: the server refused");
    } catch {
      wait = Math.min(LONGEST, 2 * wait);
      say("not renewed: no answer");
    }
    again();
  }

  function again() {
    clearTimeout(timer);
    if (!paused && !document.hidden) timer = setTimeout(renew, wait);
  }

  document.addEventListener("visibilitychange", again);
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    say(paused ? "paused" : "renewed every 2 seconds");
    again();
  });
  say("renewed every 2 seconds");
  again();
})();
