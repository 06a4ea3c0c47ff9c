using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Docker;

/// <summary>What attributes can't say. No message repeats an address or a path.</summary>
internal sealed class DockerOptionsRules : IValidateOptions<DockerOptions>
{
    public ValidateOptionsResult Validate(string? name, DockerOptions options)
    {
        var failures = new List<string>();
        if (!string.IsNullOrWhiteSpace(options.Endpoint) && !DockerEndpoint.TryParse(options.Endpoint, out _))
        {
            failures.Add($"{DockerOptions.SectionName}:Endpoint is no address that can be used. Use one such as unix:///var/run/docker.sock or tcp://127.0.0.1:2375.");
        }

        if (options.Labels?.Any(label => string.IsNullOrWhiteSpace(label) || label.StartsWith('=')) == true)
        {
            failures.Add($"{DockerOptions.SectionName}:Labels holds an entry without a name. Use entries such as com.example.role=worker.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
