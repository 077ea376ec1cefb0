using System.Text.RegularExpressions;

namespace IoAsid.Typed.Mutations;

/// <summary>New names for the table, as in <c>PasidTable=PasidDirectory,PasidTable.Free=PasidTable.Release</c>. They are applied in this order.</summary>
internal sealed class Renaming
{
    private readonly List<(Regex Old, string New)> _names = [];

    private Renaming()
    {
    }

    public static Renaming Parse(string names)
    {
        Renaming renaming = new();
        foreach (string name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (name.Split('=') is not [{ Length: > 0 } old, { Length: > 0 } @new])
                throw new FormatException($"\"{name}\" is not old=new.");
            Regex whole = new($@"(?<![^.]){Regex.Escape(old)}(?![^.~\[])", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
            renaming._names.Add((whole, @new));
        }

        return renaming;
    }

    /// <summary>Returns a dotted name after the renaming. An old name matches whole parts: a type, a member, or a type and its member.</summary>
    public string Apply(string name)
    {
        foreach ((Regex old, string @new) in _names)
            name = old.Replace(name, _ => @new);
        return name;
    }
}
