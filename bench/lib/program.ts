/**
 * Other programs that print their findings as JSON.
 *
 * @module
 */

/**
 * Runs a program and returns the JSON that it prints, or undefined if it is not there or fails.
 *
 * @param env what is added to its environment
 */
export async function jsonOf<T>(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<T | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(program, { args: [...args], env }).output();
    return success ? JSON.parse(new TextDecoder().decode(stdout)) as T : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
