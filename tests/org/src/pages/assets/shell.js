// The Lightning shell's script: puts the Classic page of `address` into a frame, and follows links without a reload.
// It never keeps a frame over a navigation: a new page is a new frame.
(() => {
  class AlohaPage extends HTMLElement {
    connectedCallback() {
      const root = this.attachShadow({ mode: "open" });
      const parent = document.createElement("div");
      parent.className = "iframe-parent content";
      const frame = document.createElement("iframe");
      frame.name = `vfFrameId_${Date.now()}`;
      frame.src = this.getAttribute("src");
      frame.style.cssText = "";
      frame.setAttribute("width", "100%");
      frame.setAttribute("height", "1400");
      frame.addEventListener("load", () => {
        try { frame.title = frame.contentDocument.title; } catch { frame.title = "Salesforce"; }
      });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("iframe{border:0;display:block;background:#fff}");
      root.adoptedStyleSheets = [sheet];
      parent.append(frame);
      root.append(parent);
    }
  }
  customElements.define("force-aloha-page", AlohaPage);
  const content = document.querySelector("#content");
  const inner = (address) => {
    const url = new URL(address, `https://${document.body.dataset.innerHost}`);
    const nonce = Array.from(crypto.getRandomValues(new Uint8Array(32)), (b) => b.toString(16).padStart(2, "0")).join("");
    for (const [key, value] of [["appLayout", "setup"], ["tour", ""], ["isdtp", "p1"], ["sfdcIFrameOrigin", `https://${document.body.dataset.outer}`], ["sfdcIFrameHost", "web"], ["nonce", nonce], ["clc", "1"]])
      url.searchParams.set(key, value);
    return url.href;
  };
  const show = () => {
    const address = new URL(location.href).searchParams.get("address");
    if (!address) return;
    const page = document.createElement("force-aloha-page");
    page.setAttribute("src", inner(address));
    const wrap = document.createElement("div");
    wrap.className = "oneAlohaPage onesetupSetupAlohaPage";
    wrap.append(page);
    content.replaceChildren(wrap);
  };
  const go = (url) => {
    history.pushState({}, "", url);
    if (new URL(location.href).searchParams.has("address")) show();
    else content.replaceChildren(Object.assign(document.createElement("p"), { textContent: location.pathname }));
  };
  addEventListener("popstate", () => { content.replaceChildren(); show(); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-nav]");
    if (!link) return;
    event.preventDefault();
    go(link.getAttribute("href"));
  });
  addEventListener("message", (event) => {
    if (!event.data || event.data.type !== "srcUp") return;
    const node = /^\/005/.test(event.data.address) ? "ManageUsers" : /^\/0PS/.test(event.data.address) ? "PermSets" : "EnhancedProfiles";
    go(`/lightning/setup/${node}/page?address=${encodeURIComponent(event.data.address)}`);
  });
  show();
})();
