// The Lightning shell's script: puts the Classic page of `address` into a frame, and follows links without a reload.
// It never keeps a frame over a navigation: a new page is a new frame.
(() => {
  const inner = `https://${document.body.dataset.innerHost}${location.port && `:${location.port}`}`;
  const outer = location.origin;
  // The nodes whose own page is a Classic list.
  const HOMES = {
    ManageUsers: "/005?isUserEntityOverride=1",
    ManageUsersLightning: "/005?isUserEntityOverride=1",
    EnhancedProfiles: "/00e?setupid=EnhancedProfiles",
    Profiles: "/setup/ui/profilelist.jsp?setupid=Profiles",
    PermSets: "/0PS?setupid=PermSets",
    PermissionSetListView: "/0PS?setupid=PermSets",
    PermSetGroups: "/0PG?setupid=PermSetGroups",
  };
  const NODES = [[/^\/005/, "ManageUsers"], [/^\/0PS/, "PermSets"], [/^\/0PG/, "PermSetGroups"], [/^\/(00e|setup\/ui\/profile)/, "EnhancedProfiles"]];
  const framed = (address) => {
    const url = new URL(address, inner);
    const nonce = Array.from(crypto.getRandomValues(new Uint8Array(32)), (b) => b.toString(16).padStart(2, "0")).join("");
    const own = { appLayout: "setup", tour: "", isdtp: "p1", sfdcIFrameOrigin: outer, sfdcIFrameHost: "web", nonce, clc: "1" };
    for (const [key, value] of Object.entries(own)) url.searchParams.set(key, value);
    return url.origin === inner ? url.href : undefined;
  };
  class AlohaPage extends HTMLElement {
    connectedCallback() {
      const root = this.attachShadow({ mode: "open" });
      const parent = document.createElement("div");
      parent.className = "iframe-parent content";
      const frame = document.createElement("iframe");
      frame.name = `vfFrameId_${Date.now()}`;
      frame.title = "Salesforce";
      frame.src = this.getAttribute("src");
      frame.addEventListener("load", () => {
        try {
          frame.title = frame.contentDocument.title;
        } catch {
          // Of another origin: its title is not to be had.
        }
      });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("iframe{border:0;display:block;width:100%;height:calc(100vh - 200px);min-height:480px;background:#fff}");
      root.adoptedStyleSheets = [sheet];
      parent.append(frame);
      root.append(parent);
    }
  }
  customElements.define("force-aloha-page", AlohaPage);
  const content = document.querySelector("#content");
  const heading = document.querySelector(".breadcrumbDetail");
  const nodeOf = (url) => /^\/lightning\/setup\/([^/]+)/.exec(url.pathname)?.[1];
  const address = (url) => {
    if (/\/page\/?$/.test(url.pathname)) return url.searchParams.get("address");
    return /\/home\/?$/.test(url.pathname) ? HOMES[nodeOf(url)] : undefined;
  };
  const show = () => {
    const url = new URL(location.href);
    const wanted = address(url);
    const src = wanted && framed(wanted);
    if (!src) return false;
    const page = document.createElement("force-aloha-page");
    page.setAttribute("src", src);
    const wrap = document.createElement("div");
    wrap.className = "oneAlohaPage onesetupSetupAlohaPage";
    wrap.append(page);
    content.replaceChildren(wrap);
    return true;
  };
  const follow = () => {
    const node = nodeOf(new URL(location.href));
    const link = document.querySelector(`.onesetupNavTreeNode[data-node="${CSS.escape(node ?? "")}"]`);
    heading.textContent = link?.textContent ?? heading.textContent;
    if (!show()) content.replaceChildren();
  };
  const go = (to) => {
    history.pushState({}, "", to);
    follow();
  };
  addEventListener("popstate", () => {
    // A page of Lightning's own was drawn by the server: it is drawn by the server again.
    if (address(new URL(location.href)) || /\/home\/?$/.test(location.pathname)) follow();
    else location.reload();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-nav]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(link.getAttribute("href"));
  });
  // `srcUp` of a framed page. Only of our own frame.
  addEventListener("message", (event) => {
    if (event.origin !== inner || event.data?.type !== "srcUp") return;
    const to = String(event.data.address);
    if (to.startsWith("/lightning/")) location.assign(to);
    else {
      const node = NODES.find(([path]) => path.test(to))?.[1] ?? "SetupOneHome";
      go(`/lightning/setup/${node}/page?address=${encodeURIComponent(to)}`);
    }
  });
  show();
})();
