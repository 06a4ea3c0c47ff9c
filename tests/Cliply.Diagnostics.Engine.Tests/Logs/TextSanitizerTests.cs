using System.Text.RegularExpressions;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Tests.Logs;

/// <summary>All secrets here are made up.</summary>
public sealed class TextSanitizerTests
{
    [Theory]
    [InlineData("connect postgres://u:canary@p@h/d failed", "connect postgres://‹secret›@h/d failed")]
    [InlineData("Host=h;Password=canary;Database=d", "Host=h;Password=‹secret›;Database=d")]
    [InlineData("Host=h;Pwd=canary", "Host=h;Pwd=‹secret›")]
    [InlineData("GET /?token=canary&x=1", "GET /?token=‹secret›&x=1")]
    [InlineData("Authorization: Bearer canary", "Authorization: Bearer ‹secret›")]
    [InlineData("{\"password\": \"canary\"}", "{\"password\": \"‹secret›\"}")]
    [InlineData("key eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoieCJ9.canary used", "key ‹secret› used")]
    [InlineData("sb_secret_canary-1_2 refused", "‹secret› refused")]
    [InlineData("Authorization: Basic Y2FuYXJ5", "Authorization: Basic ‹secret›")]
    [InlineData("sent bearer canary-canary", "sent bearer ‹secret›")]
    [InlineData("pass\u001b[1mword=canary", "password=‹secret›")]
    [InlineData("cut eyJhbGciOiJIUzI1NiJ9", "cut ‹secret›")]
    [InlineData("password authentication failed for user \"worker\"", "password authentication failed for user \"worker\"")]
    [InlineData("token expired, authorization failed", "token expired, authorization failed")]
    [InlineData("job 7d9f1f3c-0000-4000-8000-000000000000 at sha256:abcdef", "job 7d9f1f3c-0000-4000-8000-000000000000 at sha256:abcdef")]
    [InlineData("see https://example.com/a?b=c", "see https://example.com/a?b=c")]
    public void Sample_Secret_IsMasked(string text, string expected) =>
        Regex.Replace(TextSanitizer.Sample(text)!, "‹secret:[0-9a-f]{4}›", "‹secret›").Should().Be(expected);

    [Theory]
    [InlineData("\u001b[31mred\u001b[0m\r\n\tnext\0line", "red next line")]
    [InlineData("\u001b]0;title\u0007text", "text")]
    [InlineData("a\u202eb\u200bc\ud800d", "a b c d")]
    [InlineData("  spaces  ", "spaces")]
    public void Sample_ControlCharacters_AreGone(string text, string expected) => TextSanitizer.Sample(text).Should().Be(expected);

    [Fact]
    public void Sample_LongText_IsCut() => TextSanitizer.Sample(new string('x', 10_000), 50).Should().HaveLength(50);

    [Fact]
    public void Sample_Null_IsNull() => TextSanitizer.Sample(null).Should().BeNull();

    [Theory]
    [InlineData("a@")]
    [InlineData("password=")]
    [InlineData("eyJ.")]
    [InlineData("://")]
    [InlineData("\u001b[")]
    public void Redact_HostileInput_TakesLinearTime(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 20_000));

        // A pattern that backtracks needs years for this; a linear one, moments.
        TextSanitizer.WithoutControlCharacters(TextSanitizer.Redact(text), 100).Length.Should().BeLessThanOrEqualTo(100);
    }
}
