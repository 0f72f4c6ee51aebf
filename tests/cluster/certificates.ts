/**
 * Certificates for tests, made by openssl as the README says.
 * @module
 */

/** Runs a command to its end. @throws with what it wrote where it failed */
export async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args: [...args], cwd, stdout: "null", stderr: "piped" })
    .output();
  if (!success) throw new Error(`${command} ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}

/** An authority, and a server's certificate for 127.0.0.1 signed by it: `ca.pem`, `server.pem`, `server.key`. */
export async function certificates(directory: string): Promise<void> {
  const ssl = (...args: string[]) => run("openssl", args, directory);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await ssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority", "-days", "2");
  await ssl("req", ...key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=127.0.0.1");
  await Deno.writeTextFile(`${directory}/names`, "subjectAltName=IP:127.0.0.1,DNS:localhost");
  const sign = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
  await ssl("x509", "-req", "-in", "server.csr", "-out", "server.pem", ...sign);
}
