namespace IoAsid.Typed.Iommu;

/// <summary>The source of an area's contents, such as a file or swap.</summary>
public interface IPageSource
{
    /// <summary>Fills a page. It is called once for each page, even if several threads and devices wait for the page.</summary>
    /// <param name="address">The address of the page in the process.</param>
    /// <param name="page">4096 zero bytes to fill. They must not be used after the task has completed.</param>
    /// <returns>A task that completes when the page is filled. Its exception is thrown to all waiters for the page.</returns>
    ValueTask FillAsync(ulong address, Memory<byte> page);
}
