// What all pages share: data files are scripts that call baogao.put, so that they load from a folder, too.
"use strict";
const baogao = (() => {
  const here = new URL("../data/", document.currentScript.src).href;
  const known = new Map(), waiting = new Map();
  return {
    put(name, json) {
      const value = JSON.parse(json);
      known.set(name, value);
      waiting.get(name)?.resolve(value);
    },
    get(name) {
      if (known.has(name)) return Promise.resolve(known.get(name));
      if (!waiting.has(name)) {
        const one = {};
        one.promise = new Promise((resolve, reject) => { one.resolve = resolve; one.reject = reject; });
        waiting.set(name, one);
        const script = document.createElement("script");
        script.fetchPriority = "high";
        script.src = here + name + ".js";
        script.onerror = () => { waiting.delete(name); one.reject(new Error(name)); };
        document.head.append(script);
      }
      return waiting.get(name).promise;
    },
    // An element with attributes and children; texts stay texts.
    make(tag, given = {}, ...inside) {
      const found = document.createElement(tag);
      for (const [name, value] of Object.entries(given)) if (value !== false && value != null) found.setAttribute(name, value);
      found.append(...inside);
      return found;
    },
  };
})();
// Whoever is about to search needs the names.
document.getElementById("q")?.addEventListener("focus", () => baogao.get("meta").catch(() => {}), { once: true });
// The other language shows the same place: what is searched, filtered, or looked at goes along.
for (const link of document.querySelectorAll("a[data-keep]")) {
  link.addEventListener("click", () => { link.search = location.search; link.hash = location.hash; });
}
