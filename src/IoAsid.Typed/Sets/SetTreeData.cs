using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;

namespace IoAsid.Typed.Sets;

/// <summary>The data of all ids of one root set and of the sets below it. The pool's gate guards which blocks there are.</summary>
internal sealed class SetTreeData(IoAsidSet root)
{
    private readonly PageDirectory<DataPage> _pages = new();
    private readonly ChunkTable _chunks = new();

    /// <summary>Returns the block of a number of any set; null if the table has no such block, in which case no set of the tree has the number.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public DataBlock? Find(uint id)
    {
        // The second look finds the page that took over while this thread looked for the chunk: the page is published before the chunk is removed.
        return _pages.Find(id) ?? (DataBlock?)_chunks.Find(id) ?? _pages.Find(id);
    }

    /// <summary>Returns the data in the slot of a number of any set.</summary>
    public object? Read(uint id) => Find(id)?.Read(id);

    /// <summary>Returns the block of a number that the caller has taken, for a set of the tree. The set is admitted, and the allocation is counted in the block.</summary>
    /// <exception cref="OutOfMemoryException">Nothing changed.</exception>
    public DataBlock Acquire(uint id, IoAsidSet set)
    {
        Parts parts = default;
        while (true)
        {
            Part missing;
            using (root.Space.Pool.Enter())
            {
                if (TryAcquire(id, set, ref parts, out missing) is { } block)
                    return block;
            }

            // Outside the gate, because other threads wait for it.
            parts.Make(missing, root.Space.Lives, _pages);
        }
    }

    /// <summary>Removes a block without ids. Call inside a section of the pool. Cannot throw.</summary>
    public void Remove(DataBlock block)
    {
        if (block is DataPage)
        {
            _pages.Remove(block.FirstId);
            root.OwnPages = _pages.Low;
        }
        else
        {
            _chunks.Remove((DataChunk)block);
        }
    }

    private DataBlock? TryAcquire(uint id, IoAsidSet set, ref Parts parts, out Part missing)
    {
        missing = default;
        DataBlock? block = Find(id);
        if (block is null || !block.Admits(set, id))
            set.Pages.Add(id >> LifePage.SizeLog2);

        block ??= TryAdd(id, ref parts, out missing);
        if (block is not null)
        {
            block.Admit(set);
            block.Retain();
        }

        return block;
    }

    private DataBlock? TryAdd(uint id, ref Parts parts, out Part missing)
    {
        LifePages lives = root.Space.Lives;
        parts.Give(lives, _pages);
        int chunks = CountChunks(id);
        bool whole = root.Space.Blocks.ShouldBeWhole(chunks);
        missing = !lives.EnsureRoom(id) ? Part.LifePage
            : whole ? EnsureRoomForPage(id)
            : EnsureRoomForChunk(parts);
        return missing != Part.None ? null : whole ? AddPage(id, chunks) : AddChunk(id, parts.Chunk!);
    }

    private Part EnsureRoomForPage(uint id)
    {
        _pages.EnsureRoom(id);
        root.OwnPages = _pages.Low;
        return _pages.HasSpare ? Part.None : Part.Page;
    }

    private Part EnsureRoomForChunk(in Parts parts)
    {
        _chunks.EnsureRoom();
        return parts.Chunk is null ? Part.Chunk : Part.None;
    }

    private DataChunk AddChunk(uint id, DataChunk chunk)
    {
        chunk.Prepare(this, id & ~(DataChunk.Size - 1u), root.Space.Lives.Attach(id));
        _chunks.Add(chunk);
        return chunk;
    }

    /// <summary>Adds a page, which takes over from the chunks of the same numbers. A lookup that has a chunk follows its data.</summary>
    private DataPage AddPage(uint id, int chunks)
    {
        DataPage page = _pages.TakeSpare();
        uint firstId = id & ~(LifePage.Size - 1u);
        page.Prepare(this, firstId, root.Space.Lives.Attach(id));
        root.Space.Blocks.AddWholePage();
        for (uint at = firstId; chunks > 0 && at - firstId < LifePage.Size; at += DataChunk.Size)
            _chunks.FindInGate(at)?.MoveTo(page);

        // Lookups through the page come after the move of each slot, and the removal of the chunks comes after both.
        _pages.Publish(id, page);
        for (uint at = firstId; chunks > 0 && at - firstId < LifePage.Size; at += DataChunk.Size)
            RemoveMoved(at);

        return page;
    }

    private void RemoveMoved(uint id)
    {
        if (_chunks.FindInGate(id) is { } chunk)
        {
            _chunks.Remove(chunk);
            root.Space.Lives.Detach(chunk.Lives);
        }
    }

    private int CountChunks(uint id)
    {
        int count = 0;
        uint firstId = id & ~(LifePage.Size - 1u);
        for (uint at = firstId; at - firstId < LifePage.Size; at += DataChunk.Size)
            count += _chunks.FindInGate(at) is null ? 0 : 1;

        return count;
    }

    /// <summary>A part that an allocation lacks.</summary>
    private enum Part
    {
        None,
        LifePage,
        Page,
        Chunk,
    }

    /// <summary>The objects that were made outside the gate.</summary>
    private struct Parts
    {
        private LifePage[]? _lives;
        private DataPage[]? _pages;

        public DataChunk? Chunk { get; private set; }

        public void Make(Part missing, LifePages lives, PageDirectory<DataPage> pages)
        {
            switch (missing)
            {
                case Part.LifePage:
                    _lives = lives.MakeSpare();
                    break;
                case Part.Page:
                    _pages = pages.MakeSpare(static () => new DataPage());
                    break;
                default:
                    FaultPoint.Allocation();
                    Chunk = new DataChunk();
                    break;
            }
        }

        /// <summary>Gives the pages to the tables. Call inside a section of the pool.</summary>
        public void Give(LifePages lives, PageDirectory<DataPage> pages)
        {
            if (_lives is { } madeLives)
                lives.AddSpare(madeLives);

            if (_pages is { } madePages)
                pages.AddSpare(madePages);

            _lives = null;
            _pages = null;
        }
    }
}
