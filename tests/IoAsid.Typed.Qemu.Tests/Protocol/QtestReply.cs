using System.Globalization;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>The kinds of lines that QEMU sends over qtest.</summary>
internal enum QtestReplyKind
{
    /// <summary>The command was executed.</summary>
    Ok,

    /// <summary>The command was not executed.</summary>
    Failed,

    /// <summary>An interrupt line changed. The line is no reply to a command.</summary>
    Interrupt,
}

/// <summary>A line that QEMU sends over qtest.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Text">The text after the kind.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct QtestReply(QtestReplyKind Kind, string Text)
{
    /// <summary>The value, in the form that QEMU chooses: 0x and hexadecimal digits, or decimal digits.</summary>
    /// <exception cref="QtestException">The reply has no value.</exception>
    public ulong Value
    {
        get
        {
            ReadOnlySpan<char> digits = Text;
            bool isHexadecimal = digits.StartsWith("0x");
            NumberStyles style = isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
            return ulong.TryParse(isHexadecimal ? digits[2..] : digits, style, CultureInfo.InvariantCulture, out ulong value)
                ? value
                : throw new QtestException($"The reply '{Text}' has no value.");
        }
    }

    /// <summary>Parses a line.</summary>
    /// <exception cref="QtestException">The line is of no known kind.</exception>
    public static QtestReply Parse(string line)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        string word = space < 0 ? line : line[..space];
        string text = space < 0 ? "" : line[(space + 1)..];
        return word switch
        {
            "OK" => new QtestReply(QtestReplyKind.Ok, text),
            "FAIL" or "ERR" => new QtestReply(QtestReplyKind.Failed, text),
            "IRQ" => new QtestReply(QtestReplyKind.Interrupt, text),
            _ => throw new QtestException($"The line '{line}' is no reply."),
        };
    }

    /// <summary>Parses the bytes of the reply to a read.</summary>
    /// <exception cref="QtestException">The reply has no bytes, or another number of them.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (!Text.StartsWith("0x", StringComparison.Ordinal) || Text.Length != 2 + 2 * destination.Length)
            throw new QtestException($"The reply '{Text}' does not have {destination.Length} bytes.");
        try
        {
            Convert.FromHexString(Text.AsSpan(2)).CopyTo(destination);
        }
        catch (FormatException error)
        {
            throw new QtestException($"The reply '{Text}' has no hexadecimal bytes.", error);
        }
    }
}
