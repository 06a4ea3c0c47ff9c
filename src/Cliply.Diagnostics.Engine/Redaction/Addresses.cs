using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Cliply.Diagnostics.Redaction;

/// <summary>Email and IP addresses, which are looked for by option only.</summary>
internal static class Addresses
{
    private const int LongestLocalPart = 64;
    private const int LongestDomain = 253;

    private static readonly SearchValues<char> LocalCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-");
    private static readonly SearchValues<char> DomainCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-");
    private static readonly SearchValues<char> IpCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");
    private static readonly SearchValues<char> WordCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static void FindEmails(TextView view, FoundSecrets found)
    {
        var text = view.Text;
        var from = 0;
        while (from < text.Length && text[from..].IndexOf('@') is var found1 and >= 0)
        {
            var at = from + found1;
            from = at + 1;
            var before = text[Math.Max(0, at - LongestLocalPart)..at];
            var local = before.Length - (before.LastIndexOfAnyExcept(LocalCharacters) + 1);
            var after = text[(at + 1)..Math.Min(text.Length, at + 1 + LongestDomain)];
            var domain = after[..(after.IndexOfAnyExcept(DomainCharacters) is var end and >= 0 ? end : after.Length)].TrimEnd(".-");
            var top = domain[(domain.LastIndexOf('.') + 1)..];
            if (local > 0 && top.Length is >= 2 and <= 24 && top.Length < domain.Length && top.IndexOfAnyExceptInRange('A', 'z') < 0)
            {
                found.Add(view, at - local, at + 1 + domain.Length, SecretKind.Email);
                from = at + 1 + domain.Length;
            }
        }
    }

    public static void FindIpAddresses(TextView view, FoundSecrets found)
    {
        var text = view.Text;
        var from = 0;
        while (from < text.Length && text[from..].IndexOfAny(IpCharacters) is var at and >= 0)
        {
            var start = from + at;
            var length = text[start..].IndexOfAnyExcept(IpCharacters) is var end and >= 0 ? end : text.Length - start;
            from = start + length;
            if (start > 0 && WordCharacters.Contains(text[start - 1]))
            {
                continue;
            }

            var word = text.Slice(start, length);
            var (address, left) = AddressIn(word);
            if (address is null || (left == 0 && from < text.Length && (char.IsAsciiLetterOrDigit(text[from]) || text[from] is '_' or '-')) || IsWithoutMeaning(address))
            {
                continue;
            }

            found.Add(view, start, start + length - left, SecretKind.IpAddress);
        }
    }

    /// <summary>The address that a word begins with, and how much of the word comes behind it, such as a port.</summary>
    private static (IPAddress? Address, int Left) AddressIn(ReadOnlySpan<char> word)
    {
        if (word.Length < 3)
        {
            return default;
        }

        var colon = word.IndexOf(':');
        var four = (colon < 0 ? word : word[..colon]).TrimEnd('.');
        if (four.Count('.') == 3 && IPAddress.TryParse(four, out var v4) && v4.AddressFamily == AddressFamily.InterNetwork && word[(four.Length)..].Count(':') < 2)
        {
            return (v4, word.Length - four.Length);
        }

        var six = word.TrimEnd(".:");
        six = word.Length > six.Length + 1 && word[six.Length..].StartsWith("::", StringComparison.Ordinal) ? word[..(six.Length + 2)] : six;
        return six.Count(':') >= 2 && six.Length <= 45 && IPAddress.TryParse(six, out var v6) && v6.AddressFamily == AddressFamily.InterNetworkV6
            ? (v6, word.Length - six.Length)
            : default;
    }

    private static bool IsWithoutMeaning(IPAddress address) => IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
