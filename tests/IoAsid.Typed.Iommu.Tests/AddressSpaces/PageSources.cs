using System.Buffers.Binary;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A source that fills each page with its address after <see cref="Open"/>.</summary>
internal sealed class GatedSource : IPageSource
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Fills { get; private set; }

    public void Open() => _gate.SetResult();

    public void Fail(Exception failure) => _gate.SetException(failure);

    public async ValueTask FillAsync(ulong address, Memory<byte> page)
    {
        Fills++;
        await _gate.Task;
        BinaryPrimitives.WriteUInt64LittleEndian(page.Span, address);
    }
}
