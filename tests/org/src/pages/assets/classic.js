// The Classic pages' script: links and buttons go up to the Lightning shell when there is one around the page.
// It never changes a form's fields but for the list of profiles, which follows the licence.
(() => {
  const framed = window !== window.top;
  const outer = new URLSearchParams(location.search).get("sfdcIFrameOrigin") ?? location.origin;
  // What only the frame needs stays out of the address that the shell shows.
  const FRAME = ["appLayout", "tour", "isdtp", "sfdcIFrameOrigin", "sfdcIFrameHost", "nonce", "ltn_app_id", "clc"];
  const bare = (href) => {
    const url = new URL(href, location.href);
    FRAME.forEach((key) => url.searchParams.delete(key));
    return url.pathname + url.search;
  };
  const srcUp = (href) => {
    if (framed) window.parent.postMessage({ type: "srcUp", address: bare(href) }, outer);
    else location.href = href;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-href]");
    if (button) return srcUp(button.dataset.href);
    const link = event.target.closest("a[href^='/']");
    if (link && framed && !event.defaultPrevented && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      srcUp(link.getAttribute("href"));
    }
  });
  // After a save the frame shows another page than the address bar: the shell is told, as after any link.
  const SAVING = "leaving-edit-page";
  let store;
  try {
    store = sessionStorage;
  } catch {
    // A frame without storage of its own: the shell then learns nothing of a save.
  }
  if (framed && store?.getItem(SAVING)) {
    store.removeItem(SAVING);
    if (!/\/e\/?$/.test(location.pathname)) srcUp(location.href);
  }
  document.addEventListener("submit", () => framed && store?.setItem(SAVING, "1"));
  // User edit: each licence has its own profiles.
  const license = document.querySelector("select#user_license_id[data-profiles]");
  license?.addEventListener("change", () => {
    const options = (JSON.parse(license.dataset.profiles)[license.value] ?? []).map(([id, name]) => new Option(name, id));
    document.getElementById("Profile").replaceChildren(...options);
  });
})();
