namespace IoAsid.Typed.Qemu.Tests;

/// <summary>QEMU refused a command, sent a line that is no reply, or ended.</summary>
internal sealed class QtestException(string message, Exception? cause = null) : Exception(message, cause);
