/** One step of the ledger's schema, embedded into the program from prisma/migrations. */
export interface Migration {
  /** Folder name, for instance `20261121120000_init`; the names sort in the order of application. */
  name: string;
  /** SHA-256 of the file in hexadecimal, the way Prisma records it. */
  checksum: string;
  sql: string;
}
