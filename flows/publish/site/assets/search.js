// Search without a server: names of regions and indicators in one list, sentences through an index of pairs.
"use strict";
{
  const SHARDS = 512, MOST_TERMS = 8, MOST_REPORTS = 5, MOST_SENTENCES = 12, SHARE = 0.6, LONGEST_NAME = 20;
  const chinese = document.documentElement.lang.startsWith("zh");
  const list = document.getElementById("results"), said = document.getElementById("said");
  const field = document.getElementById("q");
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const words = (text) => plain(text).split(/[^\p{L}\p{N}.%]+/u).filter(Boolean);

  // Whatever could be a name in a text: its words, alone and by twos, itself, and all strings of its other
  // characters than a to z.
  const possible = (text) => {
    const joined = plain(text).replace(/\s+/g, ""), parts = words(text), found = new Set([...parts, joined]);
    for (let at = 1; at < parts.length; at++) found.add(`${parts[at - 1]} ${parts[at]}`);
    for (const run of joined.match(/[^a-z]+/g) ?? []) {
      for (let at = 0; at < run.length; at++) {
        for (let end = at + 1; end <= Math.min(at + LONGEST_NAME, run.length); end++) found.add(run.slice(at, end));
      }
    }
    return found;
  };
  // Regions: by a name that stands in the query, the longest first; Latin spellings as whole words.
  const regions = (query, { regions: { code, zh, en, years }, names }) => {
    const hits = new Map();
    const hit = (at, name, score) => {
      if (!hits.has(at)) hits.set(at, { code: code[at], zh: zh[at], en: en[at], years: years[at], names: [], best: 0 });
      const one = hits.get(at);
      one.names.push(name);
      one.best = Math.max(one.best, score * 10 - (one.code.endsWith("0000") ? 0 : one.code.endsWith("00") ? 1 : 2));
    };
    for (const name of possible(query)) {
      for (const at of Object.hasOwn(names, name) ? names[name] : []) hit(at, name, /^[a-z]/.test(name) ? 2 : name.length + (name === zh[at]));
    }
    const coded = code.indexOf(query.trim());
    if (coded >= 0) hit(coded, query.trim(), 9);
    return [...hits.values()].sort((a, b) => b.best - a.best || (a.code < b.code ? -1 : 1));
  };

  // Indicators: Chinese by the longest name that stands in the query, or by the query in a name; English by words.
  const indicators = (query, all, used) => {
    let rest = plain(query).replace(/\s+/g, "");
    for (const name of used) rest = rest.replace(name, "");
    const han = /[\u3400-\u9fff]/.test(rest);
    const bare = rest.replace(/[^\u3400-\u9fff0-9a-z.]/g, "").replace(/[0-9]{4}年?|目标|实际|增长|增速/g, "");
    const latin = words(query).filter((word) => /^[a-z][a-z0-9.]*$/.test(word) && !used.has(word));
    const stop = latin.filter((word) => /^(the|of|in|target|growth|rate|and|per)$/.test(word)).length;
    const found = [];
    for (const [code, zh, en, names, , , , headline] of all) {
      let best = 0;
      for (const name of names) {
        if (han && rest.includes(name)) best = Math.max(best, 20 + name.length * 3);
        else if (han && bare.length > 1 && name.includes(bare)) best = Math.max(best, 10 + bare.length * 3 - Math.min(name.length - bare.length, 6));
        if (latin.includes(name)) best = Math.max(best, 24);
      }
      if (latin.length) {
        const said = words(en), parts = code.split("_");
        const hits = latin.filter((word) => parts.includes(word) || said.some((one) => one.startsWith(word))).length;
        if (hits && hits >= latin.length - stop) best = Math.max(best, 10 + hits * 8 - (headline ? 0 : Math.min(said.length, 6)));
      }
      if (code === query.trim()) best = 90;
      if (best) found.push({ one: { code, zh, en }, best: best + headline });
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
  const shard = (term) => [...term].reduce((found, sign) => (found * 31 + sign.charCodeAt(0)) % SHARDS, 0);
  // Counts the reports of a term: steps from one to the next in base 26, the last digit of each a capital letter.
  const count = (steps, counts) => {
    for (let at = 0, report = -1, held = 0; at < steps.length; at++) {
      const sign = steps.charCodeAt(at);
      if (sign > 96) held = held * 26 + sign - 97;
      else {
        report += held * 26 + sign - 65;
        counts[report]++;
        held = 0;
      }
    }
  };
  // The reports that have the most of the pairs, those of the wanted regions and the latest first. Of many
  // pairs some, evenly spread, are looked up, so that no query asks for too many files.
  const reports = async (given, { regions }, wanted, year) => {
    const terms = given.filter((_, at) => (at * MOST_TERMS) % given.length < MOST_TERMS);
    if (!terms.length) return [];
    const shards = await Promise.all(terms.map((term) => baogao.get("search/" + shard(term))));
    const total = regions.years.reduce((sum, years) => sum + years.length, 0), counts = new Uint8Array(total);
    for (const [at, term] of terms.entries()) if (Object.hasOwn(shards[at], term)) count(shards[at][term], counts);
    const least = Math.ceil(terms.length * SHARE), best = []; // the best so far; nothing is made for the others
    for (let region = 0, number = 0; region < regions.code.length; region++) {
      const code = regions.code[region], meant = wanted.has(code) ? 2 : 0;
      for (const own of regions.years[region]) {
        const hits = counts[number++], rank = ((meant + (own === year ? 1 : 0)) * 100 + hits) * 10000 + own;
        if (hits < least || (best.length === MOST_REPORTS && rank <= best.at(-1).rank)) continue;
        best.push({ rank, id: `${code}-${own}` });
        best.sort((a, b) => b.rank - a.rank);
        best.length = Math.min(best.length, MOST_REPORTS);
      }
    }
    return best.map((one) => one.id);
  };
  // The sentences of these reports that have the most of the pairs, or that speak of the wanted indicators.
  const sentences = async (ids, terms, codes) => {
    const found = [], least = terms.length ? Math.ceil(terms.length * SHARE) : Infinity;
    for (const [order, { texts, simplified, numbers }] of (await Promise.all(ids.map((id) => baogao.get("sentences/" + id)))).entries()) {
      const read = plain((simplified ?? texts).join("\0")).split("\0");
      for (let at = 0; at < texts.length; at++) {
        let hits = 0;
        for (const term of terms) if (read[at].includes(term)) hits++;
        const code = codes.size && Object.keys(numbers[at]).find((one) => codes.has(one)), coded = code ? 3 : 0;
        if (hits >= least || coded) found.push({ score: hits + coded - order * 0.01, text: texts[at], number: numbers[at][code || Object.keys(numbers[at])[0]] });
      }
    }
    found.sort((a, b) => b.score - a.score);
    return found.slice(0, MOST_SENTENCES);
  };

  // The text with what was looked for marked.
  const marked = (text, terms) => {
    const low = plain(text), hit = new Array(text.length).fill(false);
    if (low.length === text.length) {
      for (const term of terms) for (let at = low.indexOf(term); at >= 0; at = low.indexOf(term, at + 1)) hit.fill(true, at, at + term.length);
    }
    const found = baogao.make("bdi");
    for (let at = 0; at < text.length;) {
      let end = at;
      while (end < text.length && hit[end] === hit[at]) end++;
      const piece = text.slice(at, end);
      found.append(hit[at] ? baogao.make("mark", {}, piece) : piece);
      at = end;
    }
    return found;
  };
  const put = (what, href, title, text, terms) => {
    const link = baogao.make("a", { href }, baogao.make("bdi", {}, title));
    const item = baogao.make("li", {}, baogao.make("span", { class: "what" }, list.dataset[what]), baogao.make("br"), link);
    if (text) item.append(baogao.make("p", { lang: "zh" }, marked(text, terms)));
    list.append(item);
  };
  const title = (region, year) => list.dataset.title.replace("{region}", region).replace("{year}", year);

  // What a query names: regions, indicators, a year, and the pairs of what is left of it.
  const understood = (query, meta) => {
    const places = regions(query, meta);
    const used = new Set(places.slice(0, 4).flatMap((one) => one.names).sort((a, b) => b.length - a.length));
    const codes = indicators(query, meta.indicators, used).slice(0, places.length ? 3 : 5);
    let rest = plain(query);
    for (const name of used) rest = rest.replaceAll(name, " ");
    const year = Number((query.match(/(?:19|20)\d\d/) ?? [])[0]);
    // A phrase that holds the name of a region and more, such as 中国驰名商标, may be meant as it stands.
    const phrases = codes.length || !places.length || !pairs(rest).length ? [] : words(query).filter((word) => /[\u3400-\u9fff]{3}/.test(word));
    return { places, codes, year, phrases, terms: pairs(rest.replace(/(?:19|20)\d\d年?/g, " ")) };
  };
  const indicatorsOf = async (code) => {
    const { columns, rows } = await baogao.get("region/" + code);
    return new Set(rows.map((row) => row[columns.indexOf("indicator")]));
  };
  const nameOf = (one) => (chinese ? one.zh : one.en);
  const pages = ({ places, codes, year }, held) => {
    const [place, code] = [places[0], codes[0]];
    const report = (one) => put("report", `report/${place.code}-${one}.html`, title(nameOf(place), one));
    const known = place?.years ?? [];
    if (known.includes(year) && !code) report(year);
    for (const one of codes.filter((one) => held.has(one.code))) put("both", `region/${place.code}.html#${one.code}`, `${nameOf(place)}: ${nameOf(one)}`);
    if (place && !code) put("region", `region/${place.code}.html`, nameOf(place));
    for (const one of codes.slice(0, 1)) put("indicator", `indicator/${one.code}.html`, nameOf(one));
    if (known.includes(year) && code) report(year);
    for (const one of places.slice(code ? 0 : 1, 4)) put("region", `region/${one.code}.html`, nameOf(one));
    for (const one of codes.slice(1)) put("indicator", `indicator/${one.code}.html`, nameOf(one));
    if (!year && !code) known.slice(-4).reverse().forEach(report);
  };
  // The reports whose sentences are looked at, and these sentences.
  const lines = async ({ places, codes, year, terms, phrases }, meta) => {
    const wanted = new Set(places.map((one) => one.code)), nowhere = new Set(), whole = pairs(phrases.join(" "));
    const own = codes.length ? places.slice(0, 1).flatMap((one) => one.years.filter((own) => !year || own === year).reverse().slice(0, 4).map((own) => `${one.code}-${own}`)) : [];
    for (const id of own) baogao.get("sentences/" + id).catch(() => {}); // comes while the index is read
    const [close, found] = await Promise.all([reports(whole, meta, nowhere, year), reports(terms, meta, wanted, year)]);
    const exact = (await sentences(close, whole, nowhere)).filter((one) => phrases.every((phrase) => plain(one.text).includes(phrase)));
    if (exact.length) return [[], exact, true];
    const ids = [...new Set([...own, ...found])].filter((id) => !wanted.size || wanted.has(id.slice(0, 6))).slice(0, MOST_REPORTS);
    const coded = new Set(places.length || year ? codes.map((one) => one.code) : []);
    return [found, terms.length || coded.size ? await sentences(ids, terms, coded) : [], false];
  };

  let asked = 0;
  const search = async (query) => {
    const turn = ++asked, began = performance.now();
    list.replaceChildren();
    said.textContent = "";
    if (!query.trim()) return;
    const meta = await baogao.get("meta");
    const wanted = understood(query, meta);
    // Pages are shown at once, sentences when they have come, unless they may be what was meant.
    const coming = lines(wanted, meta);
    const named = (id) => title(meta.regions[chinese ? "zh" : "en"][meta.regions.code.indexOf(id.slice(0, 6))], id.slice(7, 11));
    const held = wanted.places.length && wanted.codes.length ? await indicatorsOf(wanted.places[0].code) : new Set();
    if (turn !== asked) return;
    const early = !wanted.phrases.length;
    if (early) pages(wanted, held);
    const [found, told, exact] = await coming;
    if (turn !== asked) return;
    if (!early && !exact) pages(wanted, held);
    for (const { text, number } of told) {
      put("sentence", `report/${number.slice(0, 11)}.html#${number}`, named(number), text, [...wanted.terms, ...wanted.phrases]);
    }
    if (exact) pages(wanted, held);
    if (!told.length) for (const id of found.slice(0, 5)) put("report", `report/${id}.html`, named(id));
    const count = list.children.length;
    said.textContent = count ? said.dataset[count === 1 ? "one" : "some"].replace("{n}", count) : said.dataset.none;
    list.getBoundingClientRect(); // so that the clock has the layout of the results, too
    list.dataset.milliseconds = Math.round(performance.now() - began);
    list.dataset.done = query;
  };
  const failed = (error) => { said.textContent = said.dataset.failed; console.error(error.message); };

  const fromAddress = () => {
    const query = new URLSearchParams(location.search).get("q") ?? "";
    field.value = query;
    search(query).catch(failed);
  };
  fromAddress();
}
