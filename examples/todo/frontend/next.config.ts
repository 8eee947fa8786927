import type { NextConfig } from "next";

const nextConfig: NextConfig = {
  poweredByHeader: false,
  // Requests for /api are passed on by app/api/[...path]/route.ts and not by a rewrite here: a rewrite is fixed when the
  // image is built, and the backend's address is known when a pod starts.
};

export default nextConfig;
