import { backendUrl, pass } from "../../../lib/proxy";

type Context = { params: Promise<{ path: string[] }> };

async function handler(request: Request, { params }: Context): Promise<Response> {
  return pass(request, (await params).path, backendUrl(process.env));
}

export { handler as DELETE, handler as GET, handler as PATCH, handler as POST };
