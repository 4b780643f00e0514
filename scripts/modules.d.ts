// The types of a package that comes without them.

declare module "spdx-expression-parse" {
  /** A licence expression: a licence, or two expressions with "or" or "and" between them. */
  export type Expression =
    | { license: string; plus?: true; exception?: string; conjunction?: undefined }
    | { left: Expression; conjunction: "and" | "or"; right: Expression; license?: undefined };
  export default function parse(text: string): Expression;
}
