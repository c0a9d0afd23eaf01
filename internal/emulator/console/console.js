"use strict";

// The console of the emulator. Texts of users are only ever set as text, and the page's
// policy forbids anything else.

const kept = 500; // calls
const shown = 200; // items of a list
const nodes = 30; // of the picture
// What the relations are called: one of them, the title of a list, and after a number.
const kinds = {
  contact: ["contact", "Contacts", "contact"],
  block: ["blocked", "Blocked users", "blocked user"],
  group: ["group", "Groups", "group"],
  room: ["chat room", "Chat rooms", "chat room"],
  owner: ["owner", "Owner", "owner"],
  admin: ["administrator", "Administrators", "administrator"],
  member: ["member", "Members", "member"],
  muted: ["muted", "Muted members", "muted member"],
};
const faultKinds = [
  ["500 Internal Server Error", { status: 500 }],
  ["503 Service Unavailable, Retry-After 1", { status: 503, headers: { "Retry-After": "1" } }],
  ["429 Too Many Requests, Retry-After 1", { status: 429, headers: { "Retry-After": "1" } }],
  ["502 with an HTML page", { status: 502, body: "<html><body>Bad Gateway</body></html>", content_type: "text/html" }],
  ["200 with an empty body", { status: 200, body: "" }],
  ["The connection is dropped", { drop: true }],
  ["The answer takes 2 seconds longer", { delay: "2s" }],
];

const byId = (id) => document.getElementById(id);
const fold = (text) => String(text).toLowerCase();
const plural = (n, word) => n.toLocaleString("en") + " " + word + (n === 1 ? "" : "s");

// element makes an element with attributes and children; texts are children.
function element(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function drawn(name, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null && child !== ""));
  return made;
}

// ---- Calls of the emulator

async function control(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { "X-Emulator-Control": "console", "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) {
    let reason = response.status + " " + response.statusText;
    try { reason = JSON.parse(text).error || reason; } catch { /* not JSON */ }
    throw new Error(reason);
  }
  return text ? JSON.parse(text) : undefined;
}

// attempt does what a person asked for and shows if that went wrong.
async function attempt(action) {
  say("");
  await watch(action);
}

async function watch(action) {
  try {
    await action();
  } catch (problem) {
    say(problem.message);
  }
}

function say(text) { byId("message").textContent = text; }

// ---- The state, the same for both platforms

let applications = [];

function newApplication(platform, key) {
  return { platform, key, users: new Map(), groups: new Map(), rooms: new Map(), words: null, settings: [] };
}

function reference(app, name) {
  if (typeof name === "string") return { platform: app.platform, key: app.key, kind: "user", id: name };
  return { platform: app.platform, key: name.appkey || app.key, kind: "user", id: name.username };
}

// member is somebody in a group or chat room. A role that counts for more than a mute is
// kept, and the mute is then a note.
function member(place, role, muted) {
  if (!muted) return { ...place, role };
  return role === "member" ? { ...place, role: "muted" } : { ...place, role, note: "muted" };
}

function fromEasemob(state) {
  const documents = [state, ...Object.values(state.applications || {})];
  return documents.map((document) => {
    const app = newApplication("easemob", document.application.org + "#" + document.application.app);
    for (const u of document.users || []) {
      app.users.set(u.username, {
        id: u.username, nickname: u.nickname, facts: [
          ["UUID", u.uuid], ["Nickname", u.nickname], ["Activated", u.activated === false ? "no" : "yes"],
          ["Online", u.online ? "yes" : "no"], ["Created", time(u.created)],
          ...Object.entries(u.attributes || {}).map(([name, value]) => ["Attribute " + name, value]),
        ], active: u.activated !== false, contacts: [], blocks: [],
      });
    }
    for (const [owner, names] of Object.entries(document.contacts || {})) {
      const remarks = (document.remarks || {})[owner] || {};
      app.users.get(owner).contacts = names.map((name) => ({ ...reference(app, name), note: remarks[name] }));
    }
    for (const [owner, names] of Object.entries(document.blocks || {})) {
      app.users.get(owner).blocks = names.map((name) => reference(app, name));
    }
    const fill = (into, groups, kind) => {
      for (const g of groups || []) {
        const admins = new Set(g.admins || []);
        const muted = new Set(Object.keys(g.mute_list || {}));
        into.set(String(g.id), {
          id: String(g.id), kind, name: g.name, members: [
            { ...reference(app, g.owner), role: "owner" },
            ...(g.members || []).map((m) => {
              const name = m.username || m;
              return member(reference(app, name), admins.has(name) ? "admin" : "member", muted.has(name));
            }),
          ], facts: [
            ["Id", g.id], ["Description", g.description], ["Owner", g.owner], ["Announcement", g.announcement],
            ["At most", plural(g.maxusers, "member")], ["All members muted", g.mute ? "yes" : "no"], ["Created", time(g.created)],
          ],
        });
      }
    };
    fill(app.groups, document.groups, "group");
    fill(app.rooms, document.chatrooms, "room");
    app.settings = [
      ["Client id", document.application.client_id],
      ["Open registration", document.application.open_registration ? "on" : "off"],
      ["Messages", (document.messages || []).length], ["Files", (document.files || []).length],
    ];
    return app;
  });
}

function fromJMessage(state) {
  return Object.entries(state.applications || {}).map(([key, document]) => {
    const app = newApplication("jmessage", key);
    for (const u of document.users || []) {
      app.users.set(u.username, {
        id: u.username, nickname: u.nickname, active: !u.disabled, facts: [
          ["Nickname", u.nickname], ["Forbidden", u.disabled ? "yes" : "no"], ["Administrator", u.admin ? "yes" : ""],
          ["Signature", u.signature], ["Region", u.region], ["Birthday", u.birthday], ["Created", u.ctime],
        ],
        contacts: (u.friends || []).map((name) => ({ ...reference(app, name), note: name.note_name })),
        blocks: (u.blacklist || []).map((name) => reference(app, name)),
      });
    }
    const fill = (into, groups, kind) => {
      for (const g of groups || []) {
        const id = String(g.gid === undefined ? g.id : g.gid);
        const owner = reference(app, g.owner);
        into.set(id, {
          id, kind, name: g.name, members: (g.members || []).map((m) => {
            const place = reference(app, m);
            const own = place.id === owner.id && place.key === owner.key;
            return member(place, own ? "owner" : "member", m.silenced || m.muted);
          }), facts: [
            ["Id", id], ["Description", g.desc || g.description], ["Owner", owner.id],
            ["At most", plural(g.max_member_count, "member")], ["Created", g.ctime],
          ],
        });
      }
    };
    fill(app.groups, document.groups, "group");
    fill(app.rooms, document.chatrooms, "room");
    app.words = (document.sensitive_words || []).map((word) => word.name);
    app.settings = [
      ["Sensitive word filter", document.sensitive_word_filter ? "on" : "off"],
      ["SDK registration", document.sdk_registration ? "on" : "off"],
      ["Messages", (document.messages || []).length], ["Files", (document.media || []).length],
    ];
    return app;
  });
}

function time(milliseconds) {
  return milliseconds ? new Date(milliseconds).toISOString().replace("T", " ").replace(/\.\d+Z/, " UTC") : "";
}

// memberships are the groups or chat rooms that a user is in.
function memberships(app, groups, id) {
  return [...groups.values()]
    .filter((g) => g.members.some((m) => m.id === id && m.key === app.key))
    .map((g) => ({ platform: app.platform, key: app.key, kind: g.kind, id: g.id }));
}

// ---- Places: the part of the address after #

function link(place) {
  return "#/" + [place.platform, place.key, place.kind, place.id].filter((part) => part).map(encodeURIComponent).join("/");
}

function currentPlace() {
  let parts = [];
  try { parts = location.hash.slice(2).split("/").map(decodeURIComponent); } catch { /* not one of ours */ }
  const [platform, key, kind, id] = parts;
  return { platform, key, kind, id };
}

function application(place) {
  return applications.find((app) => app.platform === place.platform && app.key === place.key);
}

function thing(place) {
  const app = application(place);
  const collection = app && { user: app.users, group: app.groups, room: app.rooms }[place.kind];
  return collection && collection.get(place.id);
}

function title(place) {
  const found = thing(place);
  return (place.kind !== "user" && found && found.name) || place.id;
}

// ---- Rendering

function renderAll() {
  const place = currentPlace();
  const app = application(place) || applications[0];
  if (!app) return;
  byId("applications").replaceChildren(...applications.map((each) => element("li", null,
    element("a", { href: link(each), "aria-current": each === app ? "true" : undefined },
      element("span", { class: "name" }, each.key),
      element("span", { class: "quiet" }, each.platform)))));
  renderUsers(app, place);
  renderGroups(app, place, app.groups, "group");
  renderGroups(app, place, app.rooms, "room");
  renderSubject(app, place);
  renderSettings(app);
}

function renderUsers(app, place) {
  const wanted = fold(byId("user-search").value.trim());
  const found = [...app.users.values()].filter((u) => fold(u.id).includes(wanted) || fold(u.nickname || "").includes(wanted));
  byId("user-count").textContent = found.length === app.users.size ? app.users.size : found.length + " of " + app.users.size;
  byId("user-list").replaceChildren(...listOf(found, (u) => element("a",
    { href: link({ ...app, kind: "user", id: u.id }), "aria-current": place.kind === "user" && place.id === u.id ? "true" : undefined },
    element("span", { class: "name" }, u.id), element("span", { class: "quiet" }, u.active ? u.nickname : "inactive"))));
}

function renderGroups(app, place, groups, kind) {
  byId(kind + "-count").textContent = groups.size;
  byId(kind + "-list").replaceChildren(...listOf([...groups.values()], (g) => element("a",
    { href: link({ ...app, kind, id: g.id }), "aria-current": place.kind === kind && place.id === g.id ? "true" : undefined },
    element("span", { class: "name" }, g.name || g.id), element("span", { class: "quiet" }, plural(g.members.length, "member")))));
}

// listOf makes list items of the first things, and says how many more there are.
function listOf(things, make) {
  const items = things.slice(0, shown).map((each) => element("li", null, make(each)));
  if (things.length > shown) items.push(element("li", { class: "quiet" }, "and " + (things.length - shown) + " more"));
  if (things.length === 0) items.push(element("li", { class: "quiet" }, "none"));
  return items;
}

function renderSubject(app, place) {
  const found = thing(place);
  const focused = document.activeElement && document.activeElement.closest && document.activeElement.closest("#picture");
  if (!found) {
    byId("subject").textContent = place.id ? place.id + " does not exist" : app.key;
    byId("summary").textContent = [plural(app.users.size, "user"), plural(app.groups.size, "group"), plural(app.rooms.size, "chat room")].join(", ") +
      ". Choose a user, a group or a chat room to see its relations.";
    byId("picture").replaceChildren();
    byId("legend").replaceChildren();
    byId("details").replaceChildren();
    return;
  }
  const relations = place.kind === "user"
    ? [["contact", found.contacts], ["block", found.blocks],
      ["group", memberships(app, app.groups, found.id)], ["room", memberships(app, app.rooms, found.id)]]
    : ["owner", "admin", "member", "muted"].map((role) => [role, found.members.filter((m) => m.role === role)]);
  const present = relations.filter(([, list]) => list.length);
  byId("subject").textContent = title(place);
  byId("summary").textContent = { user: "User", group: "Group", room: "Chat room" }[place.kind] + " of " + app.key +
    (found.nickname ? ", nickname " + found.nickname : "") + ": " +
    (present.map(([kind, list]) => plural(list.length, kinds[kind][2])).join(", ") || "no relations") + ".";
  byId("picture").replaceChildren(picture(place, relations));
  byId("legend").replaceChildren(...present.map(([kind]) =>
    element("span", { class: kind }, element("span", { class: "dot" }), kinds[kind][1])));
  byId("details").replaceChildren(facts(found.facts), ...present.map(([kind, list]) =>
    element("div", null, element("h2", null, kinds[kind][1] + " ", element("span", { class: "count" }, list.length)), chips(list))));
  if (focused) {
    const first = byId("picture").querySelector("a");
    if (first) first.focus();
  }
}

function facts(pairs) {
  return element("dl", null, ...pairs.filter(([, value]) => value !== undefined && value !== null && value !== "")
    .flatMap(([name, value]) => [element("dt", null, name), element("dd", null, String(value))]));
}

function chips(places) {
  const all = places.slice(0, shown).map((place) => element("a", { class: "chip", href: link(place) }, title(place),
    place.note ? element("span", { class: "quiet" }, " (" + place.note + ")") : ""));
  if (places.length > shown) all.push(element("span", { class: "chip quiet" }, "and " + (places.length - shown) + " more"));
  return element("div", { class: "chips" }, ...all);
}

const short = (text) => text.length > 16 ? text.slice(0, 15) + "…" : text;

// picture draws the subject with its relations around it. A relation is a link.
function picture(subject, relations) {
  const share = relations.map(([, list]) => list.length);
  while (share.reduce((a, b) => a + b, 0) > nodes) share[share.indexOf(Math.max(...share))]--;
  const around = relations.flatMap(([kind, list], i) => list.slice(0, share[i]).map((place) => ({ kind, place })));
  const edges = [];
  const shapes = [];
  around.forEach((node, i) => {
    const inner = around.length > 14 && i % 3 === 1;
    const angle = (i / around.length) * 2 * Math.PI - Math.PI / 2;
    const x = Math.round(Math.cos(angle) * (inner ? 185 : 320));
    const y = Math.round(Math.sin(angle) * (inner ? 110 : 195));
    edges.push(drawn("line", { class: "edge " + node.kind, x1: 0, y1: 0, x2: x, y2: y }));
    const name = title(node.place);
    const label = name + ", " + kinds[node.kind][0] + (node.place.role && node.place.note ? ", " + node.place.note : "");
    shapes.push(drawn("a", { class: node.kind, href: link(node.place), transform: `translate(${x} ${y})`, "aria-label": label },
      drawn("title", null, label), shape(node.place.kind, 15), drawn("text", { y: y < -100 ? -23 : 31 }, short(name))));
  });
  const center = drawn("g", { class: "center" }, shape(subject.kind, 52), drawn("text", { y: 5 }, short(title(subject)).slice(0, 12)));
  const svg = drawn("svg", { viewBox: "-400 -240 800 480", role: "group", "aria-label": "Relations of " + title(subject) }, ...edges, center, ...shapes);
  const hidden = relations.reduce((sum, [, list]) => sum + list.length, 0) - around.length;
  if (hidden > 0) svg.append(drawn("text", { x: 330, y: 235 }, "and " + hidden + " more below"));
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = shapes.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    shapes[(at + step + shapes.length) % shapes.length].focus();
  });
  return svg;
}

function shape(kind, size) {
  switch (kind) {
    case "group":
      return drawn("rect", { class: "shape", x: -size, y: -size, width: 2 * size, height: 2 * size, rx: size / 4 });
    case "room":
      return drawn("polygon", { class: "shape", points: [0, 1, 2, 3, 4, 5].map((i) =>
        Math.round(Math.cos(i * Math.PI / 3) * size * 1.15) + "," + Math.round(Math.sin(i * Math.PI / 3) * size * 1.15)).join(" ") });
    default:
      return drawn("circle", { class: "shape", r: size });
  }
}

function renderSettings(app) {
  const settings = (switches[app.platform] && Object.entries(switches[app.platform])) || [];
  byId("settings").replaceChildren(
    app.words ? element("div", { class: "chips", id: "words" }, ...(app.words.length
      ? app.words.slice(0, shown).map((word) => element("span", { class: "chip" }, word))
      : [element("span", { class: "quiet" }, "no sensitive words")]),
    app.words.length > shown ? element("span", { class: "chip quiet" }, "and " + (app.words.length - shown) + " more") : "") : "",
    facts(app.settings),
    element("h2", null, "Switches of the platform"),
    facts(settings.map(([name, value]) => [name.replaceAll("_", " "), Array.isArray(value) ? value.join(", ") || "none" : value === true ? "on" : value === false ? "off" : value])));
}

// ---- Limits, faults and counts

let switches = {};
let faults = [];

function renderFaults() {
  byId("fault-list").replaceChildren(...listOf(faults, (f) => element("span", { class: "code" }, describe(f))));
}

function describe(fault) {
  const what = fault.drop ? "dropped" : [fault.status, fault.body !== undefined ? "other body" : "", fault.delay ? "after " + fault.delay : ""].filter((part) => part).join(", ");
  const times = fault.times < 0 ? "always" : plural(fault.times, "time");
  return [fault.method || "any method", fault.path || "any path", "→", what + (fault.when === "after" ? ", takes effect" : "") + ",", times].join(" ");
}

function renderCounts(counts) {
  byId("route-total").textContent = plural(counts.total, "call") + ", " + counts.throttled.toLocaleString("en") + " throttled, " + counts.tokens.toLocaleString("en") + " for tokens";
  const routes = Object.entries(counts.routes).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const most = routes.length ? routes[0][1] : 1;
  byId("routes").tBodies[0].replaceChildren(...routes.map(([route, n]) => element("tr", null,
    element("td", { class: "code" }, route),
    element("td", { class: "bar", "aria-hidden": "true" },
      drawn("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none" }, drawn("rect", { width: 100 * n / most, height: 8, rx: 1 }))),
    element("td", { class: "number" }, n.toLocaleString("en")))));
}

// ---- Calls as they happen

let calls = [];
let waiting = [];

function callText(call) {
  return fold([call.method, call.path, call.route, call.status, call.platform, call.request, call.answer,
    call.fault ? "fault" : "", call.throttled ? "throttled" : "", call.dropped ? "dropped" : ""].join(" "));
}

function wantedCall(call) {
  return fold(byId("call-filter").value).split(/\s+/).every((word) => callText(call).includes(word));
}

function renderCall(call) {
  const status = call.dropped ? "✕" : String(call.status);
  const kind = call.dropped || call.status >= 500 ? "bad" : call.status >= 400 ? "warn" : "ok";
  const notes = [call.platform, call.route, call.fault ? "injected fault" : "", call.throttled ? "throttled" : "", call.dropped ? "the connection was closed" : ""];
  return element("li", null, element("details", null,
    element("summary", { class: "code" },
      element("span", { class: "quiet" }, call.time.slice(11, 19)), element("span", null, call.method),
      element("span", { class: "path", title: call.path }, shortPath(call)), element("span", { class: "number " + kind }, status),
      element("span", { class: "number quiet" }, call.milliseconds.toFixed(call.milliseconds < 1 ? 2 : call.milliseconds < 100 ? 1 : 0) + " ms")),
    element("pre", null, notes.filter((note) => note).join(" · ") + "\n" + call.path +
      (call.request ? "\n\n→ " + pretty(call.request) : "") + (call.answer ? "\n\n← " + pretty(call.answer) : ""))));
}

// shortPath leaves out the application, which begins every path of one platform.
function shortPath(call) {
  return call.platform === "easemob" ? call.path.replace(/^\/[^/]*\/[^/]*(?=\/)/, "…") : call.path;
}

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

function renderCalls() {
  byId("call-list").replaceChildren(...calls.filter(wantedCall).slice(0, shown).map(renderCall));
  renderCallCount();
}

function renderCallCount() {
  byId("call-count").textContent = calls.length + (waiting.length ? ", " + waiting.length + " waiting" : "");
}

// showWaiting puts the calls that came since the last picture at the top.
function showWaiting() {
  if (byId("pause").checked) {
    waiting = waiting.slice(-kept);
    renderCallCount();
    return;
  }
  const list = byId("call-list");
  const fresh = waiting.reverse();
  waiting = [];
  calls = [...fresh, ...calls].slice(0, kept);
  list.prepend(...fresh.filter(wantedCall).slice(0, shown).map(renderCall));
  while (list.children.length > shown) list.lastElementChild.remove();
  renderCallCount();
}

// soon returns a function that runs the action once, a moment after it was asked for,
// however often, and again if it was asked for meanwhile. A slow action rests longer.
function soon(action, rest) {
  let asked = false;
  let busy = false;
  const run = async () => {
    busy = true;
    while (asked) {
      await new Promise((resume) => setTimeout(resume, rest));
      asked = false;
      const start = performance.now();
      await watch(action);
      await new Promise((resume) => setTimeout(resume, 5 * (performance.now() - start)));
    }
    busy = false;
  };
  return () => {
    asked = true;
    if (!busy) run();
  };
}

const loadState = soon(async () => {
  const [state, settings] = await Promise.all([control("GET", "state"), control("GET", "settings")]);
  switches = settings;
  applications = [...fromEasemob(state.easemob), ...fromJMessage(state.jmessage)];
  renderAll();
}, 100);

const loadCounts = soon(async () => renderCounts(await control("GET", "requests")), 250);

const loadSwitches = soon(async () => {
  const [limits, list] = await Promise.all([control("GET", "limits"), control("GET", "faults")]);
  if (!byId("limits").contains(document.activeElement)) {
    byId("latency").value = limits.latency;
    byId("rps").value = limits.rps;
  }
  faults = list;
  renderFaults();
}, 50);

function loadAll() {
  loadState();
  loadCounts();
  loadSwitches();
}

function listen() {
  const events = new EventSource("events");
  const badge = byId("connection");
  const draw = soon(async () => showWaiting(), 50);
  events.addEventListener("open", () => {
    badge.textContent = "live";
    badge.className = "badge on";
    loadAll();
  });
  events.addEventListener("error", () => {
    badge.textContent = "not connected";
    badge.className = "badge off";
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
  events.addEventListener("call", (event) => {
    const call = JSON.parse(event.data);
    waiting.push(call);
    draw();
    loadCounts();
    if (call.changes) loadState();
    if (call.fault) loadSwitches();
  });
  events.addEventListener("change", (event) => {
    const load = { requests: loadCounts, limits: loadSwitches, faults: loadSwitches }[JSON.parse(event.data).control];
    (load || loadAll)();
  });
  byId("pause").addEventListener("change", draw);
}

// ---- What people do

function start() {
  byId("address").textContent = location.origin;
  byId("fault-kind").replaceChildren(...faultKinds.map(([name], i) => element("option", { value: i }, name)));
  window.addEventListener("hashchange", renderAll);
  byId("refresh").addEventListener("click", loadAll);
  byId("user-search").addEventListener("input", renderAll);
  byId("user-search").addEventListener("keydown", (event) => {
    const first = byId("user-list").querySelector("a");
    if (event.key === "Enter" && first) location.hash = first.getAttribute("href");
  });
  byId("call-filter").addEventListener("input", renderCalls);
  byId("clear-calls").addEventListener("click", () => {
    calls = [];
    waiting = [];
    renderCalls();
  });
  byId("clear-counts").addEventListener("click", () => attempt(async () => {
    await control("DELETE", "requests");
    loadCounts();
  }));
  byId("limits").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      await control("PUT", "limits", { latency: byId("latency").value.trim(), rps: Number(byId("rps").value) });
      loadSwitches();
    });
  });
  byId("faults").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      const added = {
        ...faultKinds[byId("fault-kind").value][1], when: byId("fault-when").value,
        method: byId("fault-method").value, path: byId("fault-path").value, times: Number(byId("fault-times").value),
      };
      await control("PUT", "faults", [...await control("GET", "faults"), added]);
      loadSwitches();
    });
  });
  byId("no-faults").addEventListener("click", () => attempt(async () => {
    await control("PUT", "faults", []);
    loadSwitches();
  }));
  byId("reset").addEventListener("click", () => byId("reset-dialog").showModal());
  byId("reset-dialog").addEventListener("close", () => {
    if (byId("reset-dialog").returnValue !== "reset") return;
    byId("reset-dialog").returnValue = "";
    attempt(async () => {
      await control("POST", "reset");
      loadAll();
    });
  });
  listen();
}

start();
