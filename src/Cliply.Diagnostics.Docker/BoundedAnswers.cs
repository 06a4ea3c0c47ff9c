using System.Net.Http.Headers;

namespace Cliply.Diagnostics.Docker;

/// <summary>
/// Reads every answer but a log to its end, as long as it stays within bounds: the client buffers whatever comes, and reads
/// the text of an error without a deadline.
/// </summary>
internal sealed class BoundedAnswers(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>More than a thousand containers with many labels need.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    private const int MostBytesOfAnError = 64 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode && request.RequestUri!.AbsolutePath.EndsWith("/logs", StringComparison.Ordinal))
        {
            return response;
        }

        try
        {
            var whole = new ByteArrayContent(await ReadAsync(response, cancellationToken).ConfigureAwait(false));
            whole.Headers.ContentType = response.Content.Headers.ContentType ?? new MediaTypeHeaderValue("application/json");
            response.Content.Dispose();
            response.Content = whole;
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var most = response.IsSuccessStatusCode ? MostBytes : MostBytesOfAnError;
        using var whole = new MemoryStream();
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (whole.Length + read > most)
            {
                // Nothing of an error is shown but its status.
                return response.IsSuccessStatusCode ? throw new AnswerTooLargeException() : whole.ToArray();
            }

            whole.Write(buffer, 0, read);
        }

        return whole.ToArray();
    }
}
