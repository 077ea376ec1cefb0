namespace IoAsid.Typed.Iommu;

/// <summary>Where the contents of an area come from: a file, swap.</summary>
public interface IPageSource
{
    /// <summary>Fills a page, which takes as long as it takes. Asked once for each page that comes in, whoever waits for it.</summary>
    /// <param name="address">The address of the page in the process.</param>
    /// <param name="page">4096 zero bytes to fill. Not to be used after the result is complete.</param>
    /// <returns>Complete when the page is filled. Its exception reaches everybody who waits for the page.</returns>
    ValueTask FillAsync(ulong address, Memory<byte> page);
}
