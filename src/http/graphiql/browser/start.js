// Starts GraphiQL with the settings in the page. Runs in the browser, after the graphiql script.

const settings = JSON.parse(document.querySelector("#settings").textContent);
const headers = JSON.stringify({ "x-api-key": settings.apiKey }, null, 2);

const workers = {
  editorWorkerService: settings.assets.editorWorker,
  json: settings.assets.jsonWorker,
  graphql: settings.assets.graphqlWorker,
};
globalThis.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_moduleId, label) => workers[label] };

/**
 * localStorage under a prefix of its own: every GraphiQL uses the same keys, and another project's on the same
 * localhost port would show its tabs here.
 */
const storage = {
  getItem: (key) => localStorage.getItem(settings.storagePrefix + key),
  setItem: (key, value) => localStorage.setItem(settings.storagePrefix + key, value),
  removeItem: (key) => localStorage.removeItem(settings.storagePrefix + key),
  clear() {
    for (const key of ownKeys()) localStorage.removeItem(key);
  },
  get length() {
    return ownKeys().length;
  },
};

function ownKeys() {
  return Object.keys(localStorage).filter((key) => key.startsWith(settings.storagePrefix));
}

/**
 * The tab to show first. GraphiQL finds it again by its content, and without this it would open an empty one
 * beside the stored tabs.
 */
function activeTab() {
  try {
    const { tabs, activeTabIndex } = JSON.parse(storage.getItem("graphiql:tabState"));
    return tabs[activeTabIndex] ?? settings.tabs[0];
  } catch {
    return settings.tabs[0];
  }
}

// No dragging of tabs: tabs.css says why. Clicks are other events, and go on.
addEventListener(
  "pointerdown",
  (event) => {
    if (event.target.closest(".graphiql-tab")) event.stopPropagation();
  },
  { capture: true },
);

const { query, variables } = activeTab() ?? {};

globalThis.YogaGraphiQL.renderYogaGraphiQL(document.querySelector("#root"), {
  endpoint: settings.endpoint,
  title: "Billgraph",
  logo: `<img src="${settings.assets.icon}" alt="" width="28" height="28" />`,
  storage,
  defaultTabs: settings.tabs.length > 0 ? settings.tabs : undefined,
  initialQuery: query ?? "",
  initialVariables: variables ?? "",
  // API keys are never stored; a reload shows the page's own key again.
  shouldPersistHeaders: false,
  initialHeaders: headers,
  defaultHeaders: headers,
  // Without a handler of ours the query would be written into the address.
  onEditQuery() {},
});
