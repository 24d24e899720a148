// Pages are whole without this. It keeps what is marked as live up to date, and saves a key press here and there.

const main = document.querySelector("main");

/** Puts what is new into the parts that are marked; focus, ticks and what was opened stay. */
function renew(fresh) {
  for (const part of main.querySelectorAll("[data-live]")) {
    const other = fresh.querySelector(`#${part.id}`);
    if (!other || other.innerHTML === part.innerHTML) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
    const ticked = new Set([...part.querySelectorAll("input:checked")].map(({ value }) => value));
    const opened = [...part.querySelectorAll("details")].map(({ open }) => open);
    const scrolled = part.querySelector(".scroll")?.scrollLeft ?? 0;
    part.replaceChildren(...other.childNodes);
    for (const [index, details] of part.querySelectorAll("details").entries()) details.open = opened[index] ?? false;
    for (const box of part.querySelectorAll("input[type=checkbox]")) box.checked = ticked.has(box.value);
    const scroll = part.querySelector(".scroll");
    if (scroll) scroll.scrollLeft = scrolled;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }
  main.dataset.every = fresh.dataset.every ?? "";
}

/** Somebody else may serve at this address from now on: he gets no more calls, and no form. */
function close() {
  for (const field of document.querySelectorAll("button, input, select, textarea")) field.disabled = true;
  const told = document.createElement("p");
  told.setAttribute("role", "alert");
  told.textContent = "The console has ended. Start it again: keyturn console";
  main.prepend(told);
}

async function refresh() {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href);
      if (answer.ok) renew(new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main"));
    } catch {
      return close();
    }
  }
  later();
}

function later() {
  const every = Number(main.dataset.every);
  if (every > 0) setTimeout(refresh, every);
}

later();

// One tick for all rows, and how many are ticked.
const all = document.querySelector("#all");
const boxes = () => [...document.querySelectorAll("input[name=id]")];
if (all) {
  all.hidden = false;
  document.addEventListener("change", ({ target }) => {
    if (all.contains(target)) for (const box of boxes()) box.checked = target.checked;
    const count = boxes().filter(({ checked }) => checked).length;
    document.querySelector("#picked").textContent = count === 0 ? "" : `${count} selected`;
  });
}

// A choice of a filter is enough.
for (const form of document.querySelectorAll("form[data-auto]"))
  form.addEventListener("change", ({ target }) => target.matches("select") && form.requestSubmit());
