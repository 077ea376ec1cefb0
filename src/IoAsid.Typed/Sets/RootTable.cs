using IoAsid.Typed.Core;

namespace IoAsid.Typed.Sets;

/// <summary>The data of all ids of one root set and of the sets below it.</summary>
internal sealed class RootTable(IoAsidSpace space)
{
    public PageDirectory<DataPage> Pages { get; } = new();

    public DataPage GetOrAdd(uint id) => Pages.GetOrAdd(id, number => new DataPage(space.GetOrAddLives(number)));
}
