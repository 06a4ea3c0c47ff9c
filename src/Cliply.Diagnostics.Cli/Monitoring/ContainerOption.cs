using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Cliply.Diagnostics.Cli.Monitoring;

/// <summary><c>--container</c>: whose restarts kube-state-metrics is asked for.</summary>
internal static partial class ContainerOption
{
    private const string Default = "worker";

    public static Option<string> Create()
    {
        var option = new Option<string>("--container") { Description = "The name of the workers' container in Kubernetes, for its restarts.", HelpName = "NAME", DefaultValueFactory = _ => Default };
        option.Validators.Add(Validate);
        return option;
    }

    private static void Validate(OptionResult result)
    {
        if (result.Tokens is [var name] && !Name().IsMatch(name.Value))
        {
            result.AddError("--container must be a container's name as Kubernetes takes it: 1 to 63 lower-case letters, digits and hyphens, with no hyphen at an end.");
        }
    }

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Name();
}
