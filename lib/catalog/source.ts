/** Where a fact of the catalog comes from: a file of a public repository, or a page of a site. */
export interface CatalogSource {
  /** GitHub repository, "owner/name". @default - the source is a site */
  readonly repo?: string;
  /** Commit, tag or thread of the repository. @default - not told */
  readonly commit?: string;
  /** Path in the repository. @default - not told */
  readonly path?: string;
  /** Name of the site. @default - the source is a repository */
  readonly site?: string;
  /** Title or address of the page. @default - not told */
  readonly page?: string;
  /** What was taken from it. */
  readonly facts: string;
  /** Day of the commit or of the page, YYYY-MM-DD, or as much of it as is known: "2026-09". */
  readonly date: string;
}
