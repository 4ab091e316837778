// Search without a server: names of regions and indicators in one list, sentences through an index of pairs.
"use strict";
{
  const SHARDS = 512, MOST_REPORTS = 8, MOST_SENTENCES = 12;
  const chinese = document.documentElement.lang.startsWith("zh");
  const list = document.getElementById("results"), said = document.getElementById("said");
  const field = document.getElementById("q");
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const words = (text) => plain(text).split(/[^\p{L}\p{N}.%]+/u).filter(Boolean);
  const has = (name, word) => words(name).some((one) => one.startsWith(word));

  // Regions: by a name that stands in the query, the longest first; Latin spellings as whole words.
  const regions = (query, all) => {
    const parts = new Set(words(query)), joined = plain(query).replace(/\s+/g, "");
    const found = [];
    for (const one of all) {
      const [code, name, latin, spellings] = one;
      let best = joined.includes(name) ? name.length + 1 : 0;
      for (const spelt of spellings) {
        const hit = /^[a-z]/.test(spelt) ? parts.has(spelt) || joined === spelt : joined.includes(spelt);
        if (hit) best = Math.max(best, /^[a-z]/.test(spelt) ? 2 : spelt.length);
      }
      if (plain(latin).split(" ").every((word) => parts.has(word))) best = Math.max(best, 2);
      if (code === query.trim()) best = 9;
      if (best) found.push({ one, best: best * 10 - (code.endsWith("0000") ? 0 : code.endsWith("00") ? 1 : 2) });
    }
    found.sort((a, b) => b.best - a.best || (a.one[0] < b.one[0] ? -1 : 1));
    return found.map((hit) => hit.one);
  };

  // Indicators: Chinese by the longest name that stands in the query, or by the query in a name; English by words.
  const indicators = (query, all, used) => {
    let rest = plain(query).replace(/\s+/g, "");
    for (const name of used) rest = rest.replace(name, "");
    const han = rest.replace(/[^\u3400-\u9fff0-9a-z.]/g, "");
    const latin = words(query).filter((word) => /^[a-z][a-z0-9.]*$/.test(word) && !used.has(word));
    const found = [];
    for (const one of all) {
      const [code, zh, en, others, , , headline] = one;
      let best = 0;
      for (const name of [zh, ...others].map(plain)) {
        if (/[\u3400-\u9fff]/.test(han)) {
          if (rest.includes(name)) best = Math.max(best, 20 + name.length * 3);
          else {
            const bare = han.replace(/[0-9]{4}年?|目标|实际|增长|增速/g, "");
            if (bare.length > 1 && name.includes(bare)) best = Math.max(best, 10 + bare.length * 3 - Math.min(name.length - bare.length, 6));
          }
        }
        if (latin.length && latin.includes(name)) best = Math.max(best, 24);
      }
      if (latin.length) {
        const hits = latin.filter((word) => has(en, word) || code.split("_").includes(word)).length;
        const stop = latin.filter((word) => /^(the|of|in|target|growth|rate|and|per)$/.test(word)).length;
        if (hits && hits >= latin.length - stop) best = Math.max(best, 10 + hits * 8 - Math.min(words(en).length, 6));
      }
      if (code === query.trim()) best = 90;
      if (best) found.push({ one, best: best + headline });
    }
    found.sort((a, b) => b.best - a.best);
    return found.map((hit) => hit.one);
  };

  const pairs = (query) => {
    const found = new Set();
    for (const run of plain(query).match(/[\u3400-\u9fff]{2,}/g) ?? []) {
      for (let at = 0; at + 1 < run.length; at++) found.add(run.slice(at, at + 2));
    }
    for (const word of plain(query).match(/[0-9a-z]+(?:\.[0-9]+)?/g) ?? []) found.add(word);
    return [...found];
  };
  const postings = (text) => {
    let at = -1;
    return text.split(" ").map((step) => (at += parseInt(step, 36)));
  };
  // The reports that have the most of the pairs, those of the wanted regions and the latest first.
  const reports = async (terms, wanted, year) => {
    const all = await baogao.get("search/reports");
    const counts = new Map();
    for (const term of terms) {
      const shard = await baogao.get("search/" + (term.charCodeAt(0) % SHARDS));
      if (Object.hasOwn(shard, term)) for (const number of postings(shard[term])) counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    const rank = ([number, count]) => [
      wanted.size && wanted.has(all[number].slice(0, 6)) ? 1 : 0, year && all[number].slice(7) === year ? 1 : 0, count, all[number].slice(7)];
    const ranked = [...counts].map((hit) => [all[hit[0]], rank(hit)]);
    ranked.sort(([, a], [, b]) => { for (let at = 0; at < 4; at++) if (a[at] !== b[at]) return a[at] < b[at] ? 1 : -1; return 0; });
    return ranked.slice(0, MOST_REPORTS).map(([id]) => id);
  };
  // The sentences of these reports that have the most of the pairs, or that speak of the wanted indicators.
  const sentences = async (ids, terms, codes) => {
    const found = [];
    for (const [order, data] of (await Promise.all(ids.map((id) => baogao.get("report/" + id)))).entries()) {
      const at = Object.fromEntries(data.columns.map((name, place) => [name, place]));
      const first = new Map();
      for (const row of data.rows) {
        const held = first.get(row[at.sentence]);
        if (!held || (!codes.has(held[at.indicator]) && codes.has(row[at.indicator]))) first.set(row[at.sentence], row);
      }
      for (const [number, row] of first) {
        const text = plain(data.sentences[number]);
        const hits = terms.filter((term) => text.includes(term)).length, coded = codes.has(row[at.indicator]) ? 3 : 0;
        const least = terms.length ? Math.max(1, Math.ceil(terms.length * 0.6)) : 9;
        if (hits >= least || coded) found.push({ score: hits + coded - order * 0.01, text: data.sentences[number], row, at });
      }
    }
    found.sort((a, b) => b.score - a.score);
    return found.slice(0, MOST_SENTENCES);
  };

  const put = (what, href, title, text) => {
    const link = baogao.make("a", { href }, baogao.make("bdi", {}, title));
    const item = baogao.make("li", {}, baogao.make("span", { class: "what" }, list.dataset[what]), baogao.make("br"), link);
    if (text) item.append(baogao.make("p", { lang: "zh" }, baogao.make("bdi", {}, text)));
    list.append(item);
  };
  const title = (region, year) => list.dataset.title.replace("{region}", region).replace("{year}", year);

  let asked = 0;
  const search = async (query) => {
    const turn = ++asked;
    list.replaceChildren();
    said.textContent = "";
    if (!query.trim()) return;
    const began = performance.now();
    const meta = await baogao.get("meta");
    const places = regions(query, meta.regions);
    const used = new Set(places.slice(0, 4).flatMap((one) => [one[1], plain(one[2]), ...one[3]]).sort((a, b) => b.length - a.length));
    const codes = indicators(query, meta.indicators, used);
    const year = (query.match(/(?:19|20)\d\d/) ?? [""])[0];
    const nameOf = (one) => (chinese ? one[1] : one[2]);
    const top = codes.slice(0, places.length ? 3 : 5);
    let rest = plain(query);
    for (const name of used) rest = rest.replaceAll(name, " ");
    rest = rest.replace(/(?:19|20)\d\d年?/g, " ");
    const terms = pairs(rest);
    const wanted = new Set(places.map((one) => one[0]));
    const own = places[0]?.[4].map(String).filter((one) => !year || one === year).reverse().slice(0, 4).map((one) => `${places[0][0]}-${one}`) ?? [];
    const found = await reports(terms, wanted, year);
    const ids = [...new Set([...(top.length && own.length ? own : []), ...found])].slice(0, MOST_REPORTS);
    const lines = terms.length || top.length ? await sentences(places.length && own.length ? ids.filter((id) => wanted.has(id.slice(0, 6))) : ids, terms, new Set(places.length || year ? top.map((one) => one[0]) : [])) : [];
    if (turn !== asked) return;

    const place = places[0];
    if (place && year && place[4].map(String).includes(year) && !top.length) put("report", `report/${place[0]}-${year}.html`, title(nameOf(place), year));
    if (place && top.length) put("both", `region/${place[0]}.html#${top[0][0]}`, `${nameOf(place)}: ${nameOf(top[0])}`);
    if (place && !top.length) put("region", `region/${place[0]}.html`, nameOf(place));
    if (top.length) put("indicator", `indicator/${top[0][0]}.html`, nameOf(top[0]));
    for (const one of places.slice(top.length ? 0 : 1, 4)) put("region", `region/${one[0]}.html`, nameOf(one));
    for (const one of top.slice(1)) put("indicator", `indicator/${one[0]}.html`, nameOf(one));
    if (place && top.length && year && place[4].map(String).includes(year)) put("report", `report/${place[0]}-${year}.html`, title(nameOf(place), year));
    if (place && !year && !top.length) for (const one of place[4].slice(-4).reverse()) put("report", `report/${place[0]}-${one}.html`, title(nameOf(place), one));
    for (const { text, row, at } of lines) {
      const region = meta.regions.find((one) => one[0] === row[at.region_code]);
      const id = row[at.observation_id];
      put("sentence", `report/${id.split("-").slice(0, 2).join("-")}.html#${id}`, title(nameOf(region), row[at.report_year]), text);
    }
    if (!lines.length) for (const id of found.slice(0, 5)) {
      const region = meta.regions.find((one) => one[0] === id.slice(0, 6));
      put("report", `report/${id}.html`, title(nameOf(region), id.slice(7)));
    }
    const count = list.children.length;
    said.textContent = count ? said.dataset.some.replace("{n}", count) : said.dataset.none;
    list.dataset.milliseconds = Math.round(performance.now() - began);
    list.dataset.done = query;
  };
  const failed = () => { said.textContent = said.dataset.failed; };

  const fromAddress = () => {
    const query = new URLSearchParams(location.search).get("q") ?? "";
    field.value = query;
    search(query).catch(failed);
  };
  fromAddress();
}
