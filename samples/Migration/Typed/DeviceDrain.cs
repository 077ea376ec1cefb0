using IoAsid.Typed;

namespace Migration.Typed;

/// <summary>The end of a device's use of a PASID: its outstanding page requests are discarded.</summary>
public sealed class DeviceDrain : IoAsidDrain
{
    public DrainReceipt Drain(IoAsidBinding binding) => Certify(binding);
}
