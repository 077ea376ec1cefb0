using IoAsid.Typed.Sets;

namespace IoAsid.Typed.Core;

/// <summary>The decisions about the blocks of a space: which data pages are whole, and which blocks without ids are removed. The pool's gate guards all state.</summary>
/// <remarks>The last blocks that lost their ids stay, so that ids which come and go at the edge of a page do not make and remove the page each time.</remarks>
internal sealed class SpaceBlocks(IoAsidSpace space, PagePolicy policy)
{
    private readonly DataBlock?[] _idle = new DataBlock?[policy.MostIdle];
    private int _oldest;
    private long _wholePages;

    /// <summary>Returns true if the data of a page is to be whole: the root has many ids in the page, or the space has enough ids for the page.</summary>
    /// <param name="chunks">The number of chunks that the root has in the page.</param>
    public bool ShouldBeWhole(int chunks) =>
        chunks >= policy.MostChunks || _wholePages < policy.WholeAtOnce + space.Pool.Outstanding / policy.IdsPerWholePage;

    public void AddWholePage() => _wholePages++;

    /// <summary>Lists a block that has lost its last id, and removes the oldest one listed if it has no ids. Cannot throw.</summary>
    public void AddIdle(DataBlock block)
    {
        if (_idle.Length == 0)
        {
            Remove(block);
            return;
        }

        RemoveListed(_oldest);
        _idle[_oldest] = block;
        block.IsIdle = true;
        _oldest = (_oldest + 1) % _idle.Length;
    }

    /// <summary>Removes the blocks of a root that has left the tree, so that the space does not keep the root in memory.</summary>
    public void RemoveAll(SetTreeData table)
    {
        for (int place = 0; place < _idle.Length; place++)
        {
            if (_idle[place]?.Table == table)
                RemoveListed(place);
        }
    }

    /// <summary>Takes a block from the list, and removes it if it still has no ids.</summary>
    private void RemoveListed(int place)
    {
        if (_idle[place] is not { } block)
            return;

        _idle[place] = null;
        block.IsIdle = false;
        if (block.Outstanding == 0 && block.Successor is null)
            Remove(block);
    }

    private void Remove(DataBlock block)
    {
        _wholePages -= block is DataPage ? 1 : 0;
        block.Table.Remove(block);
        space.Lives.Detach(block.Lives);
    }
}
