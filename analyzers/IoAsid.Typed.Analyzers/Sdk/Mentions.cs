using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Analyzers;

/// <summary>The places of a word in the text of a file. Looking through text costs a thousandth of looking through its syntax, and is done once per file.</summary>
internal static class Mentions
{
    private static readonly ConditionalWeakTable<SyntaxTree, ConcurrentDictionary<string, ImmutableArray<int>>> PerFile = new();

    public static ImmutableArray<int> Of(string word, SyntaxTree file, CancellationToken cancellationToken) =>
        PerFile.GetOrCreateValue(file).GetOrAdd(word, key => Find(key, file.GetText(cancellationToken).ToString()));

    /// <summary>Returns true if a word stands somewhere in a stretch of a file.</summary>
    public static bool AreIn(TextSpan span, string word, SyntaxTree file, CancellationToken cancellationToken)
    {
        ImmutableArray<int> positions = Of(word, file, cancellationToken);
        int first = positions.BinarySearch(span.Start);
        first = first < 0 ? ~first : first;
        return first < positions.Length && positions[first] < span.End;
    }

    private static ImmutableArray<int> Find(string word, string text)
    {
        int position = text.IndexOf(word, StringComparison.Ordinal);
        if (position < 0)
            return [];

        ImmutableArray<int>.Builder found = ImmutableArray.CreateBuilder<int>();
        for (; position >= 0; position = text.IndexOf(word, position + word.Length, StringComparison.Ordinal))
            found.Add(position);

        return found.ToImmutable();
    }
}
