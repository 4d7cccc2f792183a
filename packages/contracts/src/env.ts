/** The environment variables of a caller or a program; one without a value is absent. Passed in, so that nothing reads its own. */
export type Env = Readonly<Record<string, string | undefined>>;
