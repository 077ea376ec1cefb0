using IoAsid.Typed.Core;

namespace IoAsid.Typed.Sets;

/// <summary>The data of all ids of one root set and of the sets below it. The lock guards growth.</summary>
internal sealed class SetTreeData(IoAsidSet root)
{
    private readonly UninterruptedLock _growth = new();

    public PageDirectory<DataPage> Pages { get; } = new();

    /// <summary>Returns the data in the slot of a number of any set.</summary>
    public object? Slot(uint id) => Pages.Find(id) is { } page ? Volatile.Read(ref page.Data(id)) : null;

    public DataPage GetOrAdd(uint id)
    {
        using (_growth.Enter())
        {
            DataPage page = Pages.GetOrAdd(id, static () => new DataPage(), page => page.Lives = root.Space.GetOrAddLives(id));
            root.OwnPages = Pages.Low;
            return page;
        }
    }
}
