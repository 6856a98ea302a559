// A file of its own, because the page's policy allows no script in the page.
SwaggerUIBundle({
  url: "openapi.yaml",
  dom_id: "#api",
  validatorUrl: null,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  tryItOutEnabled: true,
});
