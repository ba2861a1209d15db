import { readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Router } from 'express';
import { pagePolicy } from './security.ts';

/** The files of Swagger UI that the page loads. */
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const pageOf = (docs: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatehouse API</title>
<link rel="stylesheet" href="${docs}/assets/swagger-ui.css">
<link rel="icon" href="${docs}/assets/favicon-32x32.png">
</head>
<body>
<div id="docs"></div>
<script src="${docs}/assets/swagger-ui-bundle.js"></script>
<script src="${docs}/start.js"></script>
</body>
</html>
`;

// Without `validatorUrl: null`, the page would send the document to an external service.
const startOf = (url: string): string =>
  `SwaggerUIBundle({ url: ${JSON.stringify(url)}, dom_id: '#docs', deepLinking: true, validatorUrl: null });\n`;

/** Serves the documentation of `/openapi.json`. All its files come from this service. */
export function docs(prefix: string): Router {
  const root = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
  const [page, start] = [pageOf(`${prefix}/docs`), startOf(`${prefix}/openapi.json`)];
  const router = Router({ strict: true });
  router.use(pagePolicy);
  router.get('/', (_req, res) => {
    res.type('html').send(page);
  });
  router.get('/start.js', (_req, res) => {
    res.type('js').send(start);
  });
  for (const name of ASSETS) {
    // All responses share one copy, so that unread responses take neither memory nor an open file.
    const content = readFileSync(join(root, name));
    router.get(`/assets/${name}`, (_req, res) => {
      res.type(extname(name)).set('Cache-Control', 'public, max-age=3600').send(content);
    });
  }
  return router;
}
