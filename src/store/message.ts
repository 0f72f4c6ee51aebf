/** The words of something caught, without its stack. */
export const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error);
