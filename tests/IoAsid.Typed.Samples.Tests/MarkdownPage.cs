namespace IoAsid.Typed.Samples.Tests;

/// <summary>A page of the documentation and its fenced blocks.</summary>
internal sealed class MarkdownPage(string name)
{
    private readonly string _text = WorkingTree.Read(name);

    /// <summary>Returns the contents of the blocks in a language, in their order.</summary>
    public IEnumerable<string> Blocks(string language) =>
        from part in _text.Split($"\n```{language}\n").Skip(1)
        select part[..part.IndexOf("\n```", StringComparison.Ordinal)];

    /// <summary>Returns the files that the page links to, relative to the root of the repository.</summary>
    public IEnumerable<string> Links() =>
        from part in _text.Split("](").Skip(1)
        let target = part[..part.IndexOf(')', StringComparison.Ordinal)].Split('#')[0]
        where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
        select Path.Combine(Path.GetDirectoryName(name)!, target);
}
