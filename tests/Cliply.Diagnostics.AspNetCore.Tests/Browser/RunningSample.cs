namespace Cliply.Diagnostics.AspNetCore.Tests.Browser;

/// <summary>The web sample, healthy, and a browser; shared by the tests of a class.</summary>
public sealed class RunningSample : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private SampleProcess? _sample;

    public Chromium Chromium { get; } = new();

    public string Url => _sample!.Url;

    public async ValueTask InitializeAsync()
    {
        _sample = await SampleProcess.StartAsync();
        await Chromium.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Chromium.DisposeAsync();
        if (_sample is not null)
        {
            await _sample.DisposeAsync();
        }

        _http.Dispose();
    }

    public Task BreakAsync(string scenario) => PostAsync($"break/{scenario}");

    public Task HealAsync() => PostAsync("heal");

    private async Task PostAsync(string path)
    {
        using var response = await _http.PostAsync(new Uri($"{Url}/{path}"), null);
        response.EnsureSuccessStatusCode();
    }
}
