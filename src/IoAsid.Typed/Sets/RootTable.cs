using IoAsid.Typed.Core;

namespace IoAsid.Typed.Sets;

/// <summary>The data of all ids of one root set and of the sets below it.</summary>
internal sealed class RootTable(IoAsidSet root)
{
    private readonly object _growth = new();

    public PageDirectory<DataPage> Pages { get; } = new();

    public DataPage GetOrAdd(uint id)
    {
        lock (_growth)
        {
            DataPage page = Pages.GetOrAdd(id, static () => new DataPage(), page => page.Lives = root.Space.GetOrAddLives(id));
            root.OwnPages = Pages.Low;
            return page;
        }
    }
}
