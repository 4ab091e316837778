// The record of a number beside the text: on click, on focus, and for the number that the address names.
"use strict";
{
  const panel = document.getElementById("record");
  const heads = [...document.querySelectorAll(".records thead th")].map((cell) => cell.textContent);
  let shown = null;

  const hint = () => {
    shown?.removeAttribute("aria-current");
    shown = null;
    panel.classList.add("idle");
    panel.replaceChildren(baogao.make("p", { class: "quiet" }, panel.dataset.hint));
  };
  const show = (id) => {
    const row = document.getElementById("r-" + id), number = document.getElementById(id);
    if (!row || !number || number === shown) return;
    shown?.removeAttribute("aria-current");
    shown = number;
    number.setAttribute("aria-current", "true");
    const list = baogao.make("dl");
    [...row.cells].slice(1).forEach((cell, at) => {
      if (!cell.textContent.trim()) return;
      const copy = baogao.make("dd", { lang: cell.lang });
      copy.append(...[...cell.childNodes].map((node) => node.cloneNode(true)));
      for (const flag of copy.querySelectorAll(".flag")) flag.append(": " + flag.title);
      list.append(baogao.make("dt", {}, heads[at + 1]), copy);
    });
    const close = baogao.make("button", { type: "button" }, panel.dataset.close);
    close.addEventListener("click", () => { hint(); number.focus({ preventScroll: true }); });
    panel.classList.remove("idle");
    panel.replaceChildren(close, baogao.make("h2", {}, row.cells[0].textContent), list);
  };
  const named = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    if (id) show(id.replace(/^r-/, ""));
  };

  document.querySelector(".text").addEventListener("click", (event) => {
    const number = event.target.closest("a.n");
    if (!number || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (location.hash !== "#" + number.id) history.pushState(null, "", "#" + number.id);
    show(number.id);
  });
  document.querySelector(".text").addEventListener("focusin", (event) => {
    const number = event.target.closest("a.n");
    if (number) show(number.id);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown) hint();
  });
  window.addEventListener("hashchange", named);
  window.addEventListener("popstate", named);
  hint();
  named();
}
