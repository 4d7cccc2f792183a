/** The program's version. A client talks only to a server of exactly its own version, so both read it here. */
export const VERSION = "0.1.0";
