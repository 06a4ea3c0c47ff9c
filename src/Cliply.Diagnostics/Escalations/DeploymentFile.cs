namespace Cliply.Diagnostics.Escalations;

/// <summary>A piece of the deployment's configuration.</summary>
/// <param name="Name">A relative name such as <c>docker/compose.yaml</c>, of letters, digits and <c>. _ - @ /</c> alone; no part of it is empty or starts with a dot.</param>
/// <param name="Text">The text, without the values of environment variables.</param>
internal sealed record DeploymentFile(string Name, string Text);
