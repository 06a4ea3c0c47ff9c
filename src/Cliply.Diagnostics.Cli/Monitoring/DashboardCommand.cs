using System.CommandLine;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;

namespace Cliply.Diagnostics.Cli.Monitoring;

/// <summary><c>cliply dashboard</c>: a dashboard for Grafana, with the limits in force. Reads no evidence.</summary>
internal static class DashboardCommand
{
    public static Command Create()
    {
        var container = ContainerOption.Create();
        var config = FleetOptions.CreateConfig();
        var command = new Command("dashboard", """
            Writes a dashboard for Grafana, with the limits in force.

            The limits are those of the environment and the configuration file, otherwise the defaults. Data source and scrape job are chosen in the dashboard. Restarts come from kube-state-metrics, where that is there. For Grafana 11 and later.

            Exit codes: 0; 64 wrong usage or contradicting options, 65 bad configuration file.

            Examples:
              cliply dashboard > /var/lib/grafana/dashboards/cliply.json
              cliply dashboard --config cliply.json --container worker > cliply-dashboard.json
            """) { container, config };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var json = Dashboard.Write(LimitsInForce.Read(parsed.GetValue(config)), parsed.GetValue(container)!);
            await Console.Out.WriteAsync(json.AsMemory(), cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }
}
