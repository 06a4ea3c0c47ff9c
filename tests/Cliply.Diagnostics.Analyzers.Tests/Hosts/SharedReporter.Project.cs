using System.Threading;
using System.Threading.Tasks;
using Cliply.Diagnostics.Collection;
using Microsoft.Extensions.Hosting;

namespace SharedReporter;

public sealed class FleetReporter(IFleetDiagnostics diagnostics) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => diagnostics.DiagnoseAsync(stoppingToken);
}
