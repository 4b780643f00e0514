// Which record an address of Salesforce shows: a user (005), a profile (00e; also while it is copied), a permission set (0PS)
// or a group of them (0PG).
// It is a cheap question without a false "no": the worker decides for certain.

/** A Classic path, which stands at top level or in Lightning's parameter `address`. */
const CLASSIC = /^\/(?:((?:00[5e]|0P[SG])\w{12}(?:\w{3})?)(?:\/e)?\/?(?:\?|$)|setup\/ui\/profileclone\.jsp\?(?:.*&)?id=(00e\w{12}))/i;
/** A path of Lightning's own. */
const LIGHTNING = /^\/lightning\/(?:r\/(?:User\/)?|setup\/[^/]+\/)((?:00[5e]|0P[SG])\w{12}(?:\w{3})?)\/(?:view|edit|detail|summary)\/?$/i;
/** A page of Lightning around a Classic one. */
const WRAPPED = /^\/lightning\/setup\/[^/]+\/page\/?$/;

/** The id of the record, 15 characters. */
export const recordAt = ({ pathname, search, searchParams }: URL): string | undefined => {
  const found = WRAPPED.test(pathname)
    ? CLASSIC.exec(searchParams.get("address") ?? "")
    : (CLASSIC.exec(pathname + search) ?? LIGHTNING.exec(pathname));
  return found?.slice(1).find(Boolean)?.slice(0, 15);
};
