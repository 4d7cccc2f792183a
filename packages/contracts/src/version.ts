/** The program's version. A client talks only to a server of exactly its own version, and a check run says which ran it. */
export const VERSION = "0.1.0";
